// The picture that fits best.
import { ChooseOption } from "widgets/common/options.js";

customElements.define("choose-picture", class extends ChooseOption {});
