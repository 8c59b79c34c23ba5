from . import (
    test_browser,
    test_company,
    test_default_data,
    test_dispute,
    test_flow,
    test_house,
    test_install,
    test_planner_reference,
    test_profile,
    test_robust,
)
