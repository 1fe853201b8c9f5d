// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import dev.outrigger.dataplane.re2.Node.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Writes counted repetitions out, after repetitions of the same thing that follow one another were
 * made one. A part that does not change stays the same object.
 */
final class Simplifier {
    private Simplifier() {}

    static Node simplify(Node node) {
        return expand(coalesce(node));
    }

    @SuppressWarnings("ReferenceEquality") // what has not changed is the same object
    private static Node withSubs(Node node, UnaryOperator<Node> change) {
        List<Node> subs = new ArrayList<>(node.subs().size());
        boolean changed = false;
        for (Node sub : node.subs()) {
            Node other = change.apply(sub);
            changed |= other != sub;
            subs.add(other);
        }
        return changed ? node.withSubs(subs) : node;
    }

    private static Node coalesce(Node node) {
        Node changed = withSubs(node, Simplifier::coalesce);
        if (changed.op() != Op.CONCAT) {
            return changed;
        }
        List<Node> subs = new ArrayList<>(changed.subs());
        boolean any = false;
        for (int i = 0; i + 1 < subs.size(); i++) {
            if (coalesces(subs.get(i), subs.get(i + 1))) {
                coalesce(subs, i);
                any = true;
            }
        }
        if (!any) {
            return changed;
        }
        subs.removeIf(n -> n.op() == Op.EMPTY);
        return changed.withSubs(subs);
    }

    private static boolean repeats(Node node) {
        return node.op().isStarPlusOrQuest() || node.op() == Op.REPEAT;
    }

    private static boolean coalesces(Node first, Node second) {
        if (!repeats(first) || !first.sub().isSingle()) {
            return false;
        }
        Node repeated = first.sub();
        if (repeats(second)
                && repeated.sameAs(second.sub())
                && first.has(Node.NON_GREEDY) == second.has(Node.NON_GREEDY)) {
            return true;
        }
        return repeated.sameAs(second)
                || (repeated.op() == Op.LITERAL
                        && second.op() == Op.LITERAL
                        && second.text().length() > 1
                        && second.text().charAt(0) == repeated.text().charAt(0)
                        && repeated.has(Node.FOLD_CASE) == second.has(Node.FOLD_CASE));
    }

    /** The second takes both in; only a literal that goes on otherwise leaves a rest. */
    private static void coalesce(List<Node> subs, int at) {
        Node first = subs.get(at);
        Node second = subs.get(at + 1);
        int min = least(first);
        int max = most(first);
        if (repeats(second)) {
            min += least(second);
            max = max < 0 || most(second) < 0 ? -1 : max + most(second);
        } else {
            int same = 1;
            if (second.op() == Op.LITERAL) {
                char c = second.text().charAt(0);
                while (same < second.text().length() && second.text().charAt(same) == c) {
                    same++;
                }
            }
            min += same;
            max = max < 0 ? -1 : max + same;
            if (second.op() == Op.LITERAL && same < second.text().length()) {
                subs.set(at, Node.repeat(first.sub(), first.flags(), min, max));
                subs.set(at + 1, Node.literal(second.text().substring(same), second.flags()));
                return;
            }
        }
        subs.set(at, Node.of(Op.EMPTY, 0));
        subs.set(at + 1, Node.repeat(first.sub(), first.flags(), min, max));
    }

    private static int least(Node node) {
        if (node.op() == Op.REPEAT) {
            return node.min();
        }
        return node.op() == Op.PLUS ? 1 : 0;
    }

    private static int most(Node node) {
        if (node.op() == Op.REPEAT) {
            return node.max();
        }
        return node.op() == Op.QUEST ? 1 : -1;
    }

    @SuppressWarnings(
            "ReferenceEquality") // RE2 takes a repetition apart that came of a change only
    private static Node expand(Node node) {
        if (node.op() == Op.CLASS) {
            return node.bytes().isEmpty() ? Node.of(Op.NO_MATCH, node.flags()) : node;
        }
        Node changed = withSubs(node, Simplifier::expand);
        if (node.op() == Op.REPEAT) {
            Node sub = changed.sub();
            return sub.op() == Op.EMPTY ? sub : written(sub, node.min(), node.max(), node.flags());
        }
        if (node.op().isStarPlusOrQuest()) {
            Node sub = changed.sub();
            boolean same = sub.op() == node.op() && sub.flags() == node.flags();
            return sub.op() == Op.EMPTY || (changed != node && same) ? sub : changed;
        }
        return changed;
    }

    private static Node written(Node sub, int least, int most, int flags) {
        boolean places =
                sub.op().isPlace()
                        || ((sub.op() == Op.CONCAT || sub.op() == Op.ALTERNATE)
                                && sub.subs().stream().allMatch(n -> n.op().isPlace()));
        int min = places ? Math.min(least, 1) : least;
        int max = places ? Math.min(most, 1) : most;
        if (max == -1) {
            if (min == 0) {
                return Node.unary(Op.STAR, sub, flags);
            }
            List<Node> subs = new ArrayList<>(Collections.nCopies(min - 1, sub));
            subs.add(Node.unary(Op.PLUS, sub, flags));
            return Node.join(Op.CONCAT, subs, flags);
        }
        if (max == 0) {
            return Node.of(Op.EMPTY, flags);
        }
        Node required = Node.join(Op.CONCAT, Collections.nCopies(min, sub), flags);
        if (max <= min) {
            return required;
        }
        Node optional = Node.unary(Op.QUEST, sub, flags);
        for (int i = min + 1; i < max; i++) {
            Node more = Node.of(Op.CONCAT, flags, List.of(sub, optional));
            optional = Node.unary(Op.QUEST, more, flags);
        }
        return min == 0 ? optional : Node.of(Op.CONCAT, flags, List.of(required, optional));
    }
}
