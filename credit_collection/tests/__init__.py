from . import test_default_data, test_flow, test_install, test_planner_reference
