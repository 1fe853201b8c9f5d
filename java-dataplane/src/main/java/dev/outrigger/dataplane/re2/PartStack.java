// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import dev.outrigger.dataplane.re2.Node.Op;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The parts of a pattern that is being read. Neighbouring characters become one literal as soon as
 * a third part shows that no operator can want the second alone.
 */
final class PartStack {
    private final List<Node> parts = new ArrayList<>();

    void push(Node node) {
        joinLiterals();
        parts.add(node);
    }

    /** A class of one character is that character, and so is one of both cases of a letter. */
    void pushClass(BitSet bytes, int flags) {
        int first = bytes.nextSetBit(0);
        int count = bytes.cardinality();
        if (count == 1) {
            push(Node.literal(String.valueOf((char) first), flags));
        } else if (count == 2 && first >= 'A' && first <= 'Z' && bytes.get(first + 'a' - 'A')) {
            push(Node.literal(String.valueOf((char) (first + 'a' - 'A')), flags | Node.FOLD_CASE));
        } else {
            push(Node.bytes(bytes, flags & ~Node.FOLD_CASE));
        }
    }

    void pushLiteral(char c, int flags) {
        if ((flags & Node.FOLD_CASE) != 0) {
            BitSet bytes = new BitSet(ByteSets.SIZE);
            ByteSets.add(bytes, c, c, true);
            pushClass(bytes, flags);
        } else {
            push(Node.literal(String.valueOf(c), flags));
        }
    }

    void unary(Op op, int flags) {
        if (!parts.isEmpty() && !parts.getLast().op().isMarker()) {
            parts.add(Node.unary(op, parts.removeLast(), flags));
        }
    }

    void repeat(int min, int max, int flags) {
        if (!parts.isEmpty() && !parts.getLast().op().isMarker()) {
            parts.add(Node.repeat(parts.removeLast(), flags, min, max));
        }
    }

    /** The marker keeps the flags to return to; that of a group that captures has a text. */
    void open(int flags, boolean captures) {
        joinLiterals();
        parts.add(
                new Node(
                        Op.LEFT_PAREN, flags, List.of(), captures ? "(" : "", new BitSet(0), 0, 0));
    }

    /** Moves what was read below the bar, so that there is one bar however many alternatives. */
    void bar(int flags) {
        joinLiterals();
        concatenate(flags);
        int size = parts.size();
        if (size < 2 || parts.get(size - 2).op() != Op.BAR) {
            parts.add(Node.of(Op.BAR, flags));
            return;
        }
        Node last = parts.removeLast();
        Node bar = parts.removeLast();
        Node before = parts.isEmpty() ? bar : parts.getLast();
        if (before.op() == Op.ANY_CHAR && last.isSingle() && last.op() != Op.ANY_BYTE) {
            parts.add(bar);
            return;
        }
        if (last.op() == Op.ANY_CHAR && (before.isCharacter() || before.op() == Op.CLASS)) {
            parts.removeLast();
        }
        parts.add(last);
        parts.add(bar);
    }

    /** Ends a group and gives the flags from before it. */
    int close(int flags) {
        alternate(flags);
        Node inside = parts.removeLast();
        if (parts.isEmpty()) {
            parts.add(inside);
            return flags;
        }
        Node paren = parts.removeLast();
        push(paren.text().isEmpty() ? inside : Node.of(Op.CAPTURE, paren.flags(), List.of(inside)));
        return paren.flags();
    }

    Node finish(int flags) {
        alternate(flags);
        return parts.getLast();
    }

    private void alternate(int flags) {
        bar(flags);
        parts.removeLast();
        collapse(Op.ALTERNATE, flags);
    }

    private void concatenate(int flags) {
        if (parts.isEmpty() || parts.getLast().op().isMarker()) {
            parts.add(Node.of(Op.EMPTY, flags));
        }
        collapse(Op.CONCAT, flags);
    }

    private void collapse(Op op, int flags) {
        int start = parts.size();
        while (start > 0 && !parts.get(start - 1).op().isMarker()) {
            start--;
        }
        if (parts.size() - start == 1) {
            return;
        }
        List<Node> top = parts.subList(start, parts.size());
        List<Node> flat = new ArrayList<>();
        for (Node node : top) {
            if (node.op() == op) {
                flat.addAll(node.subs());
            } else {
                flat.add(node);
            }
        }
        top.clear();
        parts.add(
                op == Op.ALTERNATE ? Factoring.alternate(flat, flags) : Node.join(op, flat, flags));
    }

    /** Makes one literal of the two on top. */
    private void joinLiterals() {
        int size = parts.size();
        if (size < 2) {
            return;
        }
        Node second = parts.get(size - 1);
        Node first = parts.get(size - 2);
        if (first.op() == Op.LITERAL
                && second.op() == Op.LITERAL
                && first.has(Node.FOLD_CASE) == second.has(Node.FOLD_CASE)) {
            parts.removeLast();
            parts.set(size - 2, Node.literal(first.text() + second.text(), first.flags()));
        }
    }
}
