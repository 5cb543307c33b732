"""The operations of the protocol, by name."""

from __future__ import annotations

from collections.abc import Mapping

from mturk_bridge.operations import account, hit_types, hits
from mturk_bridge.operations.call import Call, Operation

OPERATIONS: Mapping[str, Operation] = {
    "GetAccountBalance": account.get_account_balance,
    "CreateHITType": hit_types.create_hit_type,
    "CreateHIT": hits.create_hit,
    "CreateHITWithHITType": hits.create_hit_with_hit_type,
    "GetHIT": hits.get_hit,
    "ListHITs": hits.list_hits,
    "ListReviewableHITs": hits.list_reviewable_hits,
    "ListHITsForQualificationType": hits.list_hits_for_qualification_type,
    "UpdateExpirationForHIT": hits.update_expiration_for_hit,
    "CreateAdditionalAssignmentsForHIT": hits.create_additional_assignments_for_hit,
    "DeleteHIT": hits.delete_hit,
    "UpdateHITReviewStatus": hits.update_hit_review_status,
    "UpdateHITTypeOfHIT": hits.update_hit_type_of_hit,
}

__all__ = ["OPERATIONS", "Call", "Operation"]
