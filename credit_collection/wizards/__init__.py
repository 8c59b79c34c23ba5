from . import credit_collection_action_resolve
