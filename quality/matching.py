"""One-to-one matching of a few things with a few others, light enough for the web process."""

from __future__ import annotations

import numpy as np

from quality.votes import Floats, Longs

FEW = 100  # of the smaller side; beyond it scipy's solver is worth loading


def cheapest(cost: Floats) -> list[tuple[int, int]]:
    """
    The pairs (row, column), one for each row, with the least total cost; there are at least as many columns as rows.

    Source: shortest augmenting paths, Jonker & Volgenant 1987, doi:10.1007/BF02278710
    """
    rows, columns = cost.shape
    by_row, by_column = np.zeros(rows + 1), np.zeros(columns + 1)  # potentials; place 0 stands for "none yet"
    row_of = np.zeros(columns + 1, dtype=np.int64)
    for row in range(1, rows + 1):
        row_of[0] = row
        column, came_from = _shortest(cost, by_row, by_column, row_of)
        while column:
            before = int(came_from[column])
            row_of[column] = row_of[before]
            column = before
    return sorted((int(row_of[j]) - 1, j - 1) for j in range(1, columns + 1) if row_of[j])


def _shortest(cost: Floats, by_row: Floats, by_column: Floats, row_of: Longs) -> tuple[int, Longs]:
    """The free column at the end of the shortest path from place 0, and the way back; potentials are brought up to date."""
    least = np.full(len(by_column), np.inf)
    came_from = np.zeros(len(by_column), dtype=np.int64)
    used = np.zeros(len(by_column), dtype=bool)
    column = 0
    while True:
        used[column] = True
        row = row_of[column]
        reduced = cost[row - 1] - by_row[row] - by_column[1:]
        nearer = ~used[1:] & (reduced < least[1:])
        least[1:][nearer] = reduced[nearer]
        came_from[1:][nearer] = column
        column = int(np.where(used, np.inf, least).argmin())
        step = least[column]
        by_row[row_of[used]] += step
        by_column[used] -= step
        least[~used] -= step
        if not row_of[column]:
            return column, came_from
