"""The operations of the protocol, by name."""

from __future__ import annotations

from collections.abc import Mapping

from mturk_bridge.operations import account, assignments, hit_types, hits, others, qualifications, workers
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
    "ListAssignmentsForHIT": assignments.list_assignments_for_hit,
    "GetAssignment": assignments.get_assignment,
    "ApproveAssignment": assignments.approve_assignment,
    "RejectAssignment": assignments.reject_assignment,
    "SendBonus": assignments.send_bonus,
    "ListBonusPayments": assignments.list_bonus_payments,
    "NotifyWorkers": workers.notify_workers,
    "CreateWorkerBlock": workers.create_worker_block,
    "DeleteWorkerBlock": workers.delete_worker_block,
    "ListWorkerBlocks": workers.list_worker_blocks,
    "CreateQualificationType": qualifications.create_qualification_type,
    "UpdateQualificationType": qualifications.update_qualification_type,
    "GetQualificationType": qualifications.get_qualification_type,
    "ListQualificationTypes": qualifications.list_qualification_types,
    "DeleteQualificationType": qualifications.delete_qualification_type,
    "AssociateQualificationWithWorker": qualifications.associate_qualification_with_worker,
    "DisassociateQualificationFromWorker": qualifications.disassociate_qualification_from_worker,
    "GetQualificationScore": qualifications.get_qualification_score,
    "ListWorkersWithQualificationType": qualifications.list_workers_with_qualification_type,
    "ListQualificationRequests": qualifications.list_qualification_requests,
    "AcceptQualificationRequest": qualifications.accept_qualification_request,
    "RejectQualificationRequest": qualifications.reject_qualification_request,
    "GetFileUploadURL": others.get_file_upload_url,
    "ListReviewPolicyResultsForHIT": others.list_review_policy_results_for_hit,
    "UpdateNotificationSettings": others.no_notifications,
    "SendTestEventNotification": others.no_notifications,
}

__all__ = ["OPERATIONS", "Call", "Operation"]
