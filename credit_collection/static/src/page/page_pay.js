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
        if (event.target.type === "text" && event.target.value.trim()) {
            event.target.closest("li").querySelector("input[type=checkbox]").checked = true;
        }
        this.show();
    }

    /** Return the amount as the server reads it; NaN where it would refuse it. */
    read(input) {
        const { thousands, places, symbol, currency } = this.el.dataset;
        let plain = input.value.replace(/[\s'’]+/g, "");
        for (const word of [symbol, currency].filter(Boolean)) {
            plain = plain.startsWith(word) ? plain.slice(word.length) : plain;
            plain = plain.endsWith(word) ? plain.slice(0, -word.length) : plain;
        }
        if (!/^[0-9]+([.,][0-9]+)*[.,]?$/.test(plain)) {
            return NaN;
        }
        const decimal = this.findDecimalSign(plain, thousands);
        const at = decimal ? plain.lastIndexOf(decimal) : plain.length;
        const [whole, cents] = [plain.slice(0, at), plain.slice(at + 1)];
        const groups = whole.split(/[.,]/);
        const mixed = new Set(whole.match(/[.,]/g)).size > 1;
        if (mixed || cents.length > Number(places) || groups.slice(1).some((group) => group.length !== 3)) {
            return NaN;
        }
        const amount = Number(`${groups.join("")}.${cents || 0}`);
        return amount > 0 && amount <= Number(input.dataset.most) ? amount : NaN;
    }

    findDecimalSign(plain, thousands) {
        const signs = plain.match(/[.,]/g) || [];
        if (!signs.length || (signs.length > 1 && new Set(signs).size === 1)) {
            return "";
        }
        const grouped = signs.length === 1 && /^[0-9]{1,3}[.,][0-9]{3}$/.test(plain);
        return grouped && signs[0] === thousands ? "" : signs.at(-1);
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
        line.querySelector("output").textContent = isNaN(sum) ? "–" : format.format(sum);
        line.hidden = false;
    }
}

registry.category("public.interactions").add("credit_collection.pay_sum", PaySum);
