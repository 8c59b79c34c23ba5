import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Shows what the chosen invoices come to; without it the page works just as well. */
export class PaySum extends Interaction {
    static selector = ".o_collection_pay_form";
    dynamicContent = {
        _root: { "t-on-input": (event) => this.onInput(event) },
    };

    start() {
        this.show();
    }

    onInput(event) {
        if (event.target.type === "text") {
            const box = event.target.closest("li").querySelector("input[type=checkbox]");
            box.checked = this.read(event.target) > 0;
        }
        this.show();
    }

    read(input) {
        const decimal = this.el.dataset.decimal;
        const kept = [...input.value].filter((sign) => /[0-9]/.test(sign) || sign === decimal);
        return parseFloat(kept.join("").replace(decimal, ".")) || 0;
    }

    show() {
        const line = this.el.querySelector(".o_collection_pay_sum");
        if (!line) {
            return;
        }
        const boxes = [...this.el.querySelectorAll("input[type=checkbox]:checked")];
        const inputs = boxes.map((box) => this.el.querySelector(`[name="amount_${box.value}"]`));
        const sum = inputs.reduce((total, input) => total + this.read(input), 0);
        const { lang, currency } = this.el.dataset;
        const format = new Intl.NumberFormat(lang, { style: "currency", currency });
        line.querySelector("output").textContent = format.format(sum);
        line.hidden = false;
    }
}

registry.category("public.interactions").add("credit_collection.pay_sum", PaySum);
