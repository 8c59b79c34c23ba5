from . import base_partner_merge, credit_collection_action_resolve
