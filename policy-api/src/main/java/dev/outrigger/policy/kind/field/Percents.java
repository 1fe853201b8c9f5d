// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import dev.outrigger.policy.document.DocumentTree.ScalarType;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.model.Percentage;
import java.math.BigDecimal;
import java.util.Optional;

/** Percentages: a number 0..100 with at most four decimals. */
public final class Percents {
    private static final int DECIMALS = 4;
    private static final int MAX_CHARS = 16;
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private Percents() {}

    public static Optional<Percentage> read(DocumentNode node) {
        if (!node.isPresent()) {
            return Optional.empty();
        }
        boolean isNumber =
                node.tree().orElseThrow() instanceof ScalarTree scalar
                        && (scalar.type() == ScalarType.INTEGER
                                || scalar.type() == ScalarType.DECIMAL);
        if (!isNumber) {
            node.wrongType("a percentage such as 12.5");
            return Optional.empty();
        }
        String text = ((ScalarTree) node.tree().orElseThrow()).text();
        var number = number(text);
        boolean fits =
                number.filter(value ->
                                value.signum() >= 0
                                        && value.compareTo(HUNDRED) <= 0
                                        && value.scale() <= DECIMALS)
                        .isPresent();
        if (!fits) {
            node.violate(
                    ViolationCode.OUT_OF_RANGE,
                    text + " is no percentage (expected: 0..100, at most four decimals).");
            return Optional.empty();
        }
        return number.map(value -> new Percentage(value.movePointRight(DECIMALS).intValueExact()));
    }

    /** Long numbers and exponents are refused unread: a small text may stand for a huge number. */
    private static Optional<BigDecimal> number(String text) {
        if (text.length() > MAX_CHARS || text.contains("e") || text.contains("E")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(text).stripTrailingZeros());
        } catch (NumberFormatException _) {
            return Optional.empty(); // Infinity and what is no number.
        }
    }
}
