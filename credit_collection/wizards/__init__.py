from . import (
    base_partner_merge,
    credit_collection_action_resolve,
    credit_collection_as_of,
    credit_collection_bank_posted,
    credit_collection_call_outcome,
    credit_collection_ledger_export,
    credit_collection_letter_post,
    credit_collection_money_purpose,
    credit_collection_plan_cancel,
    credit_collection_plan_distribute,
    credit_collection_plan_extend,
)
