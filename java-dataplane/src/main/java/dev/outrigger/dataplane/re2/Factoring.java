// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import dev.outrigger.dataplane.re2.Node.Op;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What the alternatives of an alternation have in common at their beginning is written once, as RE2
 * does in three rounds: literal text, then simple leading parts, then neighbours of one character
 * become a class. The alternatives that are left after a common beginning are factored the same
 * way.
 */
final class Factoring {
    private final int flags;

    private Factoring(int flags) {
        this.flags = flags;
    }

    static Node alternate(List<Node> alternatives, int flags) {
        return Node.join(Op.ALTERNATE, new Factoring(flags).factor(alternatives), flags);
    }

    private List<Node> factor(List<Node> alternatives) {
        return classes(leadingParts(leadingText(alternatives)));
    }

    private List<Node> leadingText(List<Node> alternatives) {
        List<Node> result = new ArrayList<>();
        int start = 0;
        while (start < alternatives.size()) {
            Node first = leadingLiteral(alternatives.get(start));
            int end = start + 1;
            int common = first.text().length();
            while (end < alternatives.size()) {
                Node next = leadingLiteral(alternatives.get(end));
                int same =
                        first.has(Node.FOLD_CASE) == next.has(Node.FOLD_CASE)
                                ? commonLength(first.text(), next.text(), common)
                                : 0;
                if (same == 0) {
                    break;
                }
                common = same;
                end++;
            }
            int length = common;
            Node prefix =
                    Node.literal(first.text().substring(0, length), first.flags() & Node.FOLD_CASE);
            add(result, alternatives.subList(start, end), prefix, n -> withoutText(n, length));
            start = end;
        }
        return result;
    }

    private List<Node> leadingParts(List<Node> alternatives) {
        List<Node> result = new ArrayList<>();
        int start = 0;
        while (start < alternatives.size()) {
            Node first = leading(alternatives.get(start));
            int end = start + 1;
            while (end < alternatives.size()
                    && canLead(first)
                    && first.sameAs(leading(alternatives.get(end)))) {
                end++;
            }
            add(result, alternatives.subList(start, end), first, Factoring::withoutLeading);
            start = end;
        }
        return result;
    }

    private void add(
            List<Node> result, List<Node> group, Node prefix, UnaryOperator<Node> withoutPrefix) {
        if (group.size() == 1) {
            result.add(group.getFirst());
            return;
        }
        List<Node> rest = factor(group.stream().map(withoutPrefix).toList());
        result.add(
                Node.of(Op.CONCAT, flags, List.of(prefix, Node.join(Op.ALTERNATE, rest, flags))));
    }

    private List<Node> classes(List<Node> alternatives) {
        List<Node> result = new ArrayList<>();
        int start = 0;
        while (start < alternatives.size()) {
            int end = start + 1;
            if (isOneByte(alternatives.get(start))) {
                while (end < alternatives.size() && isOneByte(alternatives.get(end))) {
                    end++;
                }
            }
            if (end == start + 1) {
                result.add(alternatives.get(start));
            } else {
                BitSet bytes = new BitSet(256);
                alternatives.subList(start, end).forEach(n -> bytes.or(bytesOf(n)));
                result.add(Node.bytes(bytes, flags & ~Node.FOLD_CASE));
            }
            start = end;
        }
        return result;
    }

    private static boolean isOneByte(Node node) {
        return node.isCharacter() || node.op() == Op.CLASS;
    }

    private static BitSet bytesOf(Node node) {
        if (node.op() == Op.CLASS) {
            return node.bytes();
        }
        BitSet bytes = new BitSet(256);
        ByteSets.add(bytes, node.text().charAt(0), node.text().charAt(0), node.has(Node.FOLD_CASE));
        return bytes;
    }

    private static int commonLength(String a, String b, int limit) {
        int same = 0;
        while (same < limit && same < b.length() && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        return same;
    }

    private static Node leadingLiteral(Node node) {
        Node leading = node;
        while (leading.op() == Op.CONCAT) {
            leading = leading.sub();
        }
        return leading.op() == Op.LITERAL ? leading : Node.of(Op.EMPTY, leading.flags());
    }

    private static Node withoutText(Node node, int length) {
        if (node.op() == Op.CONCAT) {
            Node first = withoutText(node.sub(), length);
            List<Node> rest = node.subs().subList(1, node.subs().size());
            if (first.op() == Op.EMPTY) {
                return rest.size() == 1 ? rest.getFirst() : node.withSubs(rest);
            }
            List<Node> subs = new ArrayList<>();
            subs.add(first);
            subs.addAll(rest);
            return node.withSubs(subs);
        }
        return Node.literal(node.text().substring(length), node.flags());
    }

    /** An alternative that begins with nothing leads with itself, which no other equals. */
    private static Node leading(Node node) {
        boolean parts = node.op() == Op.CONCAT && node.sub().op() != Op.EMPTY;
        return parts ? node.sub() : node;
    }

    private static Node withoutLeading(Node node) {
        if (node.op() != Op.CONCAT) {
            return Node.of(Op.EMPTY, node.flags());
        }
        List<Node> rest = node.subs().subList(1, node.subs().size());
        return rest.size() == 1 ? rest.getFirst() : node.withSubs(rest);
    }

    private static boolean canLead(Node node) {
        return node.op().isPlace()
                || node.op() == Op.CLASS
                || node.op() == Op.ANY_CHAR
                || node.op() == Op.ANY_BYTE
                || (node.op() == Op.REPEAT && node.min() == node.max() && node.sub().isSingle());
    }
}
