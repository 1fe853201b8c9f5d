// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.dataplane.re2.Node.Op;
import java.util.OptionalInt;

/** The size of the program RE2 makes of a pattern, as its {@code ProgramSize} gives it. */
public final class ProgramSize {
    /** What fits in two thirds of 8 MiB, as Envoy's build of RE2 was seen to count it. */
    private static final int MAX_INSTRUCTIONS = 698_996;

    private ProgramSize() {}

    /** Empty for a pattern RE2 has no memory to compile; the pattern's syntax must be right. */
    public static OptionalInt of(String pattern) {
        String bytes = new String(pattern.getBytes(UTF_8), ISO_8859_1);
        Node whole = withoutRequiredPrefix(PatternReader.read(bytes));
        var program = new Program(MAX_INSTRUCTIONS);
        try {
            var starts = Assembler.assemble(Simplifier.simplify(whole), program);
            return OptionalInt.of(Flattening.size(program, starts));
        } catch (Program.TooLargeException e) {
            return OptionalInt.empty();
        }
    }

    /** Text behind the start of the text is compared before the program runs. */
    private static Node withoutRequiredPrefix(Node node) {
        if (node.op() != Op.CONCAT) {
            return node;
        }
        int anchors = 0;
        while (anchors < node.subs().size() && node.subs().get(anchors).op() == Op.BEGIN_TEXT) {
            anchors++;
        }
        if (anchors == 0
                || anchors == node.subs().size()
                || node.subs().get(anchors).op() != Op.LITERAL) {
            return node;
        }
        return Node.join(
                Op.CONCAT, node.subs().subList(anchors + 1, node.subs().size()), node.flags());
    }
}
