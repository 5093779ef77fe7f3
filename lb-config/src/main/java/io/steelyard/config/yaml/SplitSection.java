package io.steelyard.config.yaml;

import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition.Share;
import io.steelyard.api.text.VariableDefinition.Split;
import java.math.BigDecimal;
import java.util.List;

/** {@link Split}, without the name, which stands above it. */
final class SplitSection extends Section<Split> {
    private final Key<Split, Template> key = required("key", TemplateForm.template(), Split::key, "The text hashed.");
    private final Key<Split, List<Share>> shares = required(
            "shares",
            Forms.list(new ShareSection()),
            Split::shares,
            "In order; a key beyond all of them gets an empty value.");

    SplitSection() {
        super("split");
    }

    @Override
    Split make(Values values) {
        return new Split(values.name(), values.get(key), values.get(shares));
    }

    /** {@link Share}. */
    static final class ShareSection extends Section<Share> {
        private final Key<Share, Integer> percent = required(
                "percent",
                Forms.parsed("percentage or `rest`", ShareSection::parse, ShareSection::format),
                Share::hundredths,
                "`0.01` to `100`, or `rest` for all keys no other share has.");
        private final Key<Share, String> value = required("value", Forms.text(), Share::value, "The value then.");

        ShareSection() {
            super("share");
        }

        @Override
        Share make(Values values) {
            return new Share(values.get(percent), values.get(value));
        }

        private static int parse(String text) {
            if (text.equals("rest")) {
                return Share.REST;
            }
            if (!text.matches("\\d{1,3}(\\.\\d{1,2})?")) {
                throw new IllegalArgumentException("'" + text + "' is not a share; expected 0.01 to 100, or rest");
            }
            int hundredths = new BigDecimal(text).movePointRight(2).intValueExact();
            if (hundredths < 1 || hundredths > 10_000) {
                throw new IllegalArgumentException(text + " is out of range; expected 0.01 to 100");
            }
            return hundredths;
        }

        private static String format(int hundredths) {
            return hundredths == Share.REST
                    ? "rest"
                    : BigDecimal.valueOf(hundredths, 2).stripTrailingZeros().toPlainString();
        }
    }
}
