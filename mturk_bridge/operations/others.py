"""What this lab does not do, answered honestly."""

from __future__ import annotations

from typing import Any

from mturk_bridge.errors import OURS, RequestError
from mturk_bridge.operations import hits as hit_operations
from mturk_bridge.operations.call import Call


def get_file_upload_url(call: Call) -> dict[str, Any]:
    """QuestionForms here ask for no files (nor does MTurk since 2017)."""
    raise RequestError(
        f"Question {call.text('QuestionIdentifier')} has no uploaded file: forms here ask for text and selections.",
        f"{OURS}NoFileUploads",
    )


def list_review_policy_results_for_hit(call: Call) -> dict[str, Any]:
    """No policy ever ran: a HIT with one is refused when it is made."""
    hit = call.read(lambda connection: hit_operations.the_hit(connection, call, deleted=True))
    return {
        "HITId": hit.hit_id,
        "AssignmentReviewReport": {"ReviewResults": [], "ReviewActions": []},
        "HITReviewReport": {"ReviewResults": [], "ReviewActions": []},
    }


def no_notifications(call: Call) -> dict[str, Any]:
    """This lab sends nothing to Amazon's queues and no mail."""
    if "HITTypeId" in call.given:
        call.read(lambda connection: hit_operations.the_type(connection, call))
        if call.given.get("Active") is False:
            return {}  # there are none, as asked
    raise RequestError(
        "This lab sends no notifications (no mail, SQS or SNS leaves it). Poll ListReviewableHITs instead.",
        f"{OURS}NoNotifications",
    )
