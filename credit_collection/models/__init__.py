# The mixin first: models that inherit it are loaded after it.
from . import credit_collection_trail

# isort: split

from . import (
    account_move,
    credit_collection_action,
    credit_collection_action_line,
    credit_collection_action_send,
    credit_collection_action_text,
    credit_collection_channel,
    credit_collection_channel_email,
    credit_collection_channel_manual,
    credit_collection_debtor,
    credit_collection_debtor_join,
    credit_collection_debtor_open,
    credit_collection_dispute,
    credit_collection_dispute_line,
    credit_collection_dispute_reason,
    credit_collection_optout,
    credit_collection_planner,
    credit_collection_planner_credit,
    credit_collection_planner_holds,
    credit_collection_planner_ladder,
    credit_collection_planner_ledger,
    credit_collection_profile,
    credit_collection_run,
    credit_collection_run_brake,
    credit_collection_run_insert,
    credit_collection_run_standing,
    credit_collection_run_waiting,
    credit_collection_scenario,
    credit_collection_scenario_step,
    credit_collection_template,
    res_company,
    res_config_settings,
    res_partner,
)
