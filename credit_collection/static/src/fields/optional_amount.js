import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** An amount that may be left open: nothing is shown where nothing was named, instead of 0.00. */
export class OptionalAmountField extends MonetaryField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("credit_collection_optional_amount", {
    ...monetaryField,
    component: OptionalAmountField,
});
