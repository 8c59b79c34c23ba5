import { registry } from "@web/core/registry";

/** The customer's page in a browser: whoever comes by link tells something, and reads what became of it. */

function open(label) {
    return [
        { trigger: ".o_collection_nav a:contains('Tell us')", run: "click", expectUnloadPage: true },
        { trigger: `.o_collection_way:contains('${label}')`, run: "click", expectUnloadPage: true },
        { trigger: `h1:contains('${label}')` },
    ];
}

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

function chooseDay(days) {
    return {
        trigger: "input[name='day']",
        run: ({ anchor }) => {
            const day = new Date(Date.now() + days * 86400000);
            anchor.value = day.toISOString().slice(0, 10);
        },
    };
}

registry.category("web_tour.tours").add("collection_page_dispute", {
    steps: () => [
        ...open("Something is wrong"),
        noWider(),
        { trigger: "input[name^='amount_']", run: "edit 250.50" },
        { trigger: "select[name='reason']", run: "selectByLabel Discount missing" },
        { trigger: "textarea[name='text']", run: "edit The discount is missing." },
        {
            trigger: "input[name='files']",
            run: ({ anchor }) => {
                const files = new DataTransfer();
                files.items.add(new File(["%PDF-1.4 the offer %%EOF"], "offer.pdf", { type: "application/pdf" }));
                anchor.files = files.files;
            },
        },
        { trigger: "button:contains('Send')", run: "click", expectUnloadPage: true },
        { trigger: "#said:contains('We have received it')" },
        { trigger: ".o_collection_files a:contains('offer.pdf')" },
        { trigger: ".o_collection_facts dd:contains('250.50')" },
        noWider(),
        { trigger: "textarea[name='text']", run: "edit And a box was broken." },
        { trigger: "button:contains('Send')", run: "click", expectUnloadPage: true },
        { trigger: ".o_collection_words:contains('And a box was broken.')" },
    ],
});

registry.category("web_tour.tours").add("collection_page_promise", {
    steps: () => [
        ...open("I need time"),
        noWider(),
        { trigger: "input[name='items']:checked" },
        chooseDay(5),
        { trigger: "input[name='amount']", run: "edit much" },
        { trigger: "button:contains('I pay on that day')", run: "click", expectUnloadPage: true },
        { trigger: "#error[role='alert']:contains('not an amount')" },
        { trigger: "input[name='amount']", run: "edit 400" },
        { trigger: "button:contains('I pay on that day')", run: "click", expectUnloadPage: true },
        { trigger: "#said:contains('We have noted')" },
        { trigger: ".o_collection_told:contains('400.00')" },
        noWider(),
    ],
});

registry.category("web_tour.tours").add("collection_page_plan", {
    steps: () => [
        ...open("Pay in instalments"),
        noWider(),
        { trigger: ".o_collection_card a:contains('Look at it')", run: "click", expectUnloadPage: true },
        { trigger: "td:contains('500.00')" },
        noWider(),
        { trigger: "button:contains('I accept this plan')", run: "click", expectUnloadPage: true },
        { trigger: "#said:contains('Agreed, and under way')" },
        { trigger: "td:contains('To come')" },
        noWider(),
    ],
});

registry.category("web_tour.tours").add("collection_page_paid", {
    steps: () => [
        ...open("I have paid already"),
        noWider(),
        chooseDay(-1),
        { trigger: "input[name='how'][value='transfer']", run: "click" },
        { trigger: "button:contains('Send')", run: "click", expectUnloadPage: true },
        { trigger: "#said:contains('We look for your payment')" },
        { trigger: ".o_collection_told:contains('We are looking for your payment, and do not remind you')" },
        noWider(),
    ],
});
