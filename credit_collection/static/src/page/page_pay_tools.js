import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Copies what a banking app asks for; where the browser does not let it, there is no button. */
export class PayCopy extends Interaction {
    static selector = ".o_collection_copy";
    dynamicContent = {
        _root: { "t-on-click": () => this.copy() },
    };

    start() {
        this.el.hidden = !navigator.clipboard;
    }

    async copy() {
        await this.waitFor(navigator.clipboard.writeText(this.el.dataset.copy));
        const said = this.el.closest(".o_collection_transfer").querySelector(".o_collection_copied");
        said.textContent = this.el.dataset.said;
    }
}

/** Prints the receipt. */
export class PayPrint extends Interaction {
    static selector = ".o_collection_print";
    dynamicContent = {
        _root: { "t-on-click": () => window.print() },
    };

    start() {
        this.el.hidden = false;
    }
}

registry.category("public.interactions").add("credit_collection.pay_copy", PayCopy);
registry.category("public.interactions").add("credit_collection.pay_print", PayPrint);
