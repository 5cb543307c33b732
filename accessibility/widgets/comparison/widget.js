// Two side by side: one of them, or the same.
import { ChooseOption } from "widgets/common/options.js";

customElements.define("compare-two", class extends ChooseOption {});
