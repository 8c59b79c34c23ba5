import { registry } from "@web/core/registry";

/** Who comes by link pays two invoices, one of them in part, and says why it was late. */

function noWider() {
    return {
        trigger: ".o_collection_page",
        run: () => {
            if (document.documentElement.scrollWidth > window.innerWidth) {
                throw new Error(`${location.pathname} is wider than the screen`);
            }
        },
    };
}

registry.category("web_tour.tours").add("collection_page_pay", {
    steps: () => [
        noWider(),
        { trigger: "button:contains('Pay what is chosen')", run: "click", expectUnloadPage: true },
        { trigger: "h1:contains('What would you like to pay?')" },
        noWider(),
        { trigger: ".o_collection_pay_sum output:contains('1,500.00')" },
        { trigger: "input[name^='amount_']:eq(1)", run: "edit 200" },
        { trigger: ".o_collection_pay_sum output:contains('1,200.00')" },
        { trigger: "button:contains('Go on to pay')", run: "click", expectUnloadPage: true },
        { trigger: "h1:contains('1,200.00')" },
        noWider(),
        { trigger: "[name=o_payment_submit_button]:not([disabled])", run: "click", expectUnloadPage: true },
        { trigger: "h1:contains('Thank you!')", timeout: 60000 },
        noWider(),
    ],
});

registry.category("web_tour.tours").add("collection_page_why", {
    steps: () => [
        { trigger: ".o_collection_nav a:contains('Tell us')", run: "click", expectUnloadPage: true },
        { trigger: "a:contains('Why it takes longer')", run: "click", expectUnloadPage: true },
        { trigger: "h1:contains('Why it takes longer')" },
        noWider(),
        { trigger: "label:contains('We overlooked it')", run: "click" },
        { trigger: "input[name='trust'][value='yes']", run: "click" },
        { trigger: "textarea", run: "edit The invoice lay with a colleague." },
        { trigger: "button:contains('Send')", run: "click", expectUnloadPage: true },
        { trigger: "#said" },
        noWider(),
    ],
});

registry.category("web_tour.tours").add("collection_page_back", {
    steps: () => [
        { trigger: "input[name^='amount_']:eq(0)", run: "edit abc" },
        { trigger: ".o_collection_pay_sum output:contains('–')" },
        { trigger: "button:contains('Go on to pay')", run: "click", expectUnloadPage: true },
        { trigger: "#error:contains('abc')" },
        { trigger: "input.is-invalid[aria-invalid=true]" },
        noWider(),
        { trigger: ".o_collection_nav a:contains('Messages')", run: "click", expectUnloadPage: true },
        {
            trigger: ".o_collection_nav a[aria-current=page]:contains('Messages')",
            run: () => history.back(),
            expectUnloadPage: true,
        },
        { trigger: "#error:contains('abc')" },
        { trigger: "input[name^='amount_']:eq(0)", run: "edit 100" },
        { trigger: "button:contains('Go on to pay')", run: "click", expectUnloadPage: true },
        { trigger: "h1:contains('600.00')" },
        noWider(),
    ],
});
