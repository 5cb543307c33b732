"""`workbench mturk …`"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accessibility.sentences import noted, sentence
from mturk_bridge.command_line import bridge, cents, decimal
from mturk_bridge.outgoing import commands as outgoing
from workbench.commands import progress
from workbench.commands.projects import STATUSES
from workbench.commands.telling import filled, in_words, tell
from workbench.errors import Invalid

if TYPE_CHECKING:
    from mturk_bridge.pages.checking import Checked

NEEDS = {
    "sight": noted("sight"),
    "hearing": noted("hearing"),
    "speech": noted("speech"),
    "reading": noted("reading"),
    "pointer": noted("pointing exactly"),
}
app = typer.Typer(help="The fair-pay bridge: MTurk's protocol.", no_args_is_help=True, rich_markup_mode=None)
keys = typer.Typer(help="Requesters' key pairs.", no_args_is_help=True, rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.add_typer(app, name="mturk")
    app.add_typer(keys, name="key")
    outgoing.register(app)


# --- requesters ------------------------------------------------------------------------------------------------------


@keys.command("add", epilog='Example: workbench mturk key add "Zender Noord"')
def add_key(
    requester: str,
    label: Annotated[str | None, typer.Option(help="what the key is for")] = None,
    needs_yes: Annotated[bool, typer.Option(help="a manager looks at each new type of HIT of this requester first")] = False,
) -> None:
    """A new key pair for a requester; the requester is made when it is new. The secret is shown this once."""
    from mturk_bridge import keys as rules
    from mturk_bridge.store import requesters

    with bridge() as ctx:
        known = ctx.db.read(lambda connection: requesters.by_name(connection, requester))
        pair = rules.add_key(ctx, known or rules.add_requester(ctx, requester, needs_yes=needs_yes), label=label)
    print(f"aws_access_key_id = {pair.access_key_id}\naws_secret_access_key = {pair.secret_access_key}")


@keys.command("list", epilog='Example: workbench mturk key list "Zender Noord"')
def list_keys(requester: str) -> None:
    """The keys of a requester, without their secrets."""
    from mturk_bridge import keys as rules
    from mturk_bridge.store import requesters

    with bridge() as ctx:
        found = rules.named(ctx, requester)
        for key in ctx.db.read(lambda connection: requesters.keys_of(connection, found.id)):
            state = filled("ended") if key.ended_ms else filled("in use")
            print(f"{key.access_key_id}  {state}  {key.label or ''}".rstrip())


@keys.command("end", epilog="Example: workbench mturk key end LABQ2K5LP6WFSY3H7M4")
def end_key(access_key_id: str) -> None:
    """This key opens nothing any more."""
    from mturk_bridge import keys as rules

    with bridge() as ctx:
        rules.end_key(ctx, access_key_id)
    tell("{key} is ended.", key=access_key_id)


@app.command("rate", epilog='Example: workbench mturk rate 1.16 --source "ECB, 27 November 2026"')
def rate(usd_per_eur: str, source: Annotated[str, typer.Option(help="where this figure comes from")]) -> None:
    """What a euro is in dollars from now on: the protocol counts in dollars, the floor is in euros."""
    from mturk_bridge.store import requesters

    value = decimal(usd_per_eur, noted("rate"))
    if not Decimal("0.2") < value < Decimal(5):
        raise Invalid(sentence("A euro is not {value} dollars. Give a rate such as 1.16.", value=value))
    with bridge() as ctx:
        ctx.db.write(lambda connection: requesters.set_rate(connection, value, source, None, ctx.now()))
    tell("A euro is ${value} from now on ({source}).", value=value, source=source)


@app.command("credit", epilog='Example: workbench mturk credit "Zender Noord" 250 --note "invoice 2026-117"')
def credit(
    requester: str, dollars: str, note: Annotated[str, typer.Option(help="what it rests on: an invoice, an agreement")]
) -> None:
    """Money that a requester may spend here, in dollars."""
    from mturk_bridge import keys as rules
    from mturk_bridge.money import dollars as told
    from mturk_bridge.store import ledger

    amount = cents(dollars)
    with bridge() as ctx:
        found = rules.named(ctx, requester)
        ctx.db.write(lambda connection: ledger.add(connection, found.account, "credit", amount, note=note, now=ctx.now()))
        left = ctx.db.read(lambda connection: ledger.balance(connection, found.id))
    tell(
        "{requester} may spend ${available}; ${held} is promised to HITs.",
        requester=found.name,
        available=told(left.available_cents),
        held=told(left.held_cents),
    )


@app.command("layout", epilog='Example: workbench mturk layout "Zender Noord" boats.html')
def layout(
    requester: str,
    page: Annotated[Path, typer.Argument(help="HTML with ${places}")],
    name: Annotated[str | None, typer.Option(help="what it is called; the file's name when left out")] = None,
) -> None:
    """Keep a page for a requester; prints the HITLayoutId that HITs name."""
    from mturk_bridge import batches
    from mturk_bridge import keys as rules
    from mturk_bridge.store import hits

    html = batches.read_page(page)
    with bridge() as ctx:
        found = rules.named(ctx, requester)
        print(ctx.db.write(lambda connection: hits.add_layout(connection, found.id, name or page.stem, html, ctx.now())))


@app.command(
    "import-batch", epilog='Example: workbench mturk import-batch boats.html boats.csv --requester "Zender Noord" --assignments 3'
)
def import_batch(
    template: Annotated[Path, typer.Argument(help="HTML with ${places} that columns of the table fill")],
    table: Annotated[Path, typer.Argument(help="CSV with a header; each row becomes one question")],
    name: Annotated[str | None, typer.Option(help="of the project; the template's name when left out")] = None,
    requester: Annotated[str, typer.Option(help="the company that asks, as workers see it")] = "Batch",
    title: Annotated[str, typer.Option(help="what workers see above it; the project's name when left out")] = "",
    description: Annotated[str, typer.Option(help="what workers are told, one instruction a line")] = "",
    keywords: Annotated[str, typer.Option(help="for the results file")] = "",
    assignments: Annotated[int, typer.Option(help="answers wanted for each row")] = 1,
    reward: Annotated[str | None, typer.Option(help="dollars for each answer; the floor's price when left out")] = None,
    seconds: Annotated[float | None, typer.Option(help="expected for each answer; estimated from the page when left out")] = None,
    html_column: Annotated[list[str] | None, typer.Option(help="a column whose values are HTML; may be given again")] = None,
    allow_host: Annotated[list[str] | None, typer.Option(help="a server whose pictures and sound may show; again")] = None,
    language: Annotated[str, typer.Option(help="of the page: nl or en")] = "nl",
    opinion: Annotated[bool, typer.Option(help="no answer is wrong")] = False,
    native: Annotated[bool, typer.Option(help="as questions of the workbench itself, by voice too, where that goes")] = False,
) -> None:
    """A template and a table of MTurk or Turkle become a project; prints how well people can use the page."""
    from mturk_bridge import batches

    wanted = batches.Wanted(
        name=name or template.stem,
        requester=requester,
        title=title,
        description=description,
        keywords=keywords,
        assignments=assignments,
        reward_cents=None if reward is None else cents(reward),
        seconds=seconds,
        html_columns=html_column or (),
        hosts=allow_host or (),
        language=language,
        opinion=opinion,
        native=native,
    )
    html = batches.read_page(template)
    with bridge() as ctx, progress("Reading") as moved:
        made = batches.import_batch(ctx, html, table, wanted, progress=moved)
    for problem in made.problems[:20]:
        typer.echo(f"{problem.file}:{problem.line}: {in_words(problem.message)}", err=True)
    tell(
        "{count} questions in {project} ({id}), {status}.",
        count=made.rows,
        project=made.project.name,
        id=made.project.public_id,
        status=sentence(STATUSES[made.project.status]),
    )
    if made.held:
        tell("It seems to ask for data about people: look at it, then open the project.")
    for line in _about_page(made.checked):
        print(line)


def _about_page(checked: Checked) -> Iterator[str]:
    needs = sorted(in_words(NEEDS[need.value]) for need in checked.needs)
    yield filled("The page needs: {needs}.", needs=", ".join(needs))
    for each in checked.findings:
        yield f"  ! {in_words(each.words) % each.values} ({each.places})"
    for what, host in checked.elsewhere:
        yield "  - " + filled("{what} from {host} does not load here.", what=what.removesuffix("-src"), host=host)
    if checked.here:
        yield "  + " + filled("from this lab itself: {files}.", files=", ".join(checked.here))
    if checked.unknown:
        yield "  - " + filled("no columns, so left as they are: {names}.", names=", ".join(checked.unknown))
    if checked.unused:
        yield "  - " + filled("columns that the page does not show: {names}.", names=", ".join(checked.unused))
    native = noted("It can be asked as questions of the workbench itself, by voice too: --native.")
    yield f"  = {in_words(checked.not_native or native)}"


@app.command("statement", epilog='Example: workbench mturk statement "Zender Noord"')
def statement(name: Annotated[str, typer.Argument(help="of a requester, or of a project that came in or goes out")]) -> None:
    """What a requester or a project paid, what that is by the hour, and how it stands against the Fairwork principles."""
    from mturk_bridge import statement as statements
    from mturk_bridge.money import dollars
    from mturk_bridge.store import requesters
    from workbench import projects

    with bridge() as ctx:
        requester = ctx.db.read(lambda connection: requesters.by_name(connection, name))
        if requester is not None:
            found = ctx.db.read(lambda connection: statements.of_requester(connection, requester, ctx.now()))
        else:
            project = projects.named(ctx, name)
            found = ctx.db.read(lambda connection: statements.of_project(connection, project, ctx.now()))
    tell(
        "{name}: floor €{floor} an hour, a euro is ${rate}",
        name=found.name,
        floor=found.floor.hourly_eur,
        rate=found.floor.usd_per_eur,
    )
    for line in found.lines:
        measured = line.hourly_eur is not None
        hourly = sentence("€{pay} an hour", pay=line.hourly_eur) if measured else sentence("no time measured yet")
        tell(
            "  {title}: {answers} answers, {hours} hours, ${paid} paid, {hourly}",
            title=line.title,
            answers=line.answers,
            hours=line.hours,
            paid=dollars(line.paid_cents),
            hourly=hourly,
        )
        if line.short_cents:
            tell("    {people} people under the floor, ${short} short", people=line.people_short, short=dollars(line.short_cents))
    for principle in found.principles:
        mark = {True: filled("yes"), False: filled("NO"), None: "–"}[principle.holds]
        print(f"  [{mark:>3}] {in_words(principle.name)}: {in_words(principle.evidence) % principle.values}")
