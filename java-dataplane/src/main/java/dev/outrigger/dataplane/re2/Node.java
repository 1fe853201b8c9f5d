// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import java.util.BitSet;
import java.util.List;

/**
 * One part of a pattern. Immutable; its set of bytes is never changed after it was made.
 *
 * @param flags in force where the part stands
 * @param text of a literal, one character for each byte
 * @param bytes of a class
 * @param min of a repetition
 * @param max of a repetition; -1 for none
 */
record Node(Op op, int flags, List<Node> subs, String text, BitSet bytes, int min, int max) {
    static final int FOLD_CASE = 1;
    static final int ONE_LINE = 2;
    static final int DOT_NEWLINE = 4;
    static final int NON_GREEDY = 8;

    /** Of an end of text that was written as a dollar sign. */
    static final int WAS_DOLLAR = 16;

    private static final BitSet NO_BYTES = new BitSet(0);

    /** What a part is; the last two stand on the reader's stack only. */
    enum Op {
        NO_MATCH,
        EMPTY,
        LITERAL,
        CONCAT,
        ALTERNATE,
        STAR,
        PLUS,
        QUEST,
        REPEAT,
        CAPTURE,
        ANY_CHAR,
        ANY_BYTE,
        BEGIN_LINE,
        END_LINE,
        WORD_BOUNDARY,
        NO_WORD_BOUNDARY,
        BEGIN_TEXT,
        END_TEXT,
        CLASS,
        LEFT_PAREN,
        BAR;

        boolean isMarker() {
            return this == LEFT_PAREN || this == BAR;
        }

        /** Whether it stands for a place and takes no byte. */
        boolean isPlace() {
            return switch (this) {
                case BEGIN_LINE, END_LINE, WORD_BOUNDARY, NO_WORD_BOUNDARY, BEGIN_TEXT, END_TEXT ->
                        true;
                case NO_MATCH,
                        EMPTY,
                        LITERAL,
                        CONCAT,
                        ALTERNATE,
                        STAR,
                        PLUS,
                        QUEST,
                        REPEAT,
                        CAPTURE,
                        ANY_CHAR,
                        ANY_BYTE,
                        CLASS,
                        LEFT_PAREN,
                        BAR ->
                        false;
            };
        }

        boolean isStarPlusOrQuest() {
            return this == STAR || this == PLUS || this == QUEST;
        }
    }

    static Node of(Op op, int flags) {
        return new Node(op, flags, List.of(), "", NO_BYTES, 0, 0);
    }

    static Node of(Op op, int flags, List<Node> subs) {
        return new Node(op, flags, List.copyOf(subs), "", NO_BYTES, 0, 0);
    }

    /** Of no character it is the empty pattern. */
    static Node literal(String text, int flags) {
        return text.isEmpty()
                ? of(Op.EMPTY, flags)
                : new Node(Op.LITERAL, flags, List.of(), text, NO_BYTES, 0, 0);
    }

    static Node bytes(BitSet bytes, int flags) {
        return new Node(Op.CLASS, flags, List.of(), "", bytes, 0, 0);
    }

    static Node repeat(Node sub, int flags, int min, int max) {
        return new Node(Op.REPEAT, flags, List.of(sub), "", NO_BYTES, min, max);
    }

    /** A concatenation or alternation; of one part it is that part. */
    static Node join(Op op, List<Node> subs, int flags) {
        return switch (subs.size()) {
            case 0 -> of(op == Op.ALTERNATE ? Op.NO_MATCH : Op.EMPTY, flags);
            case 1 -> subs.getFirst();
            default -> of(op, flags, subs);
        };
    }

    /** A repetition of a repetition with the same flags is one of them. */
    static Node unary(Op op, Node sub, int flags) {
        if (sub.op.isStarPlusOrQuest() && flags == sub.flags) {
            if (op == sub.op || sub.op == Op.STAR) {
                return sub;
            }
            return of(Op.STAR, flags, sub.subs);
        }
        return of(op, flags, List.of(sub));
    }

    Node withSubs(List<Node> others) {
        return new Node(op, flags, List.copyOf(others), text, bytes, min, max);
    }

    Node sub() {
        return subs.getFirst();
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** A literal of one character, as opposed to a string. */
    boolean isCharacter() {
        return op == Op.LITERAL && text.length() == 1;
    }

    /** What takes exactly one character. */
    boolean isSingle() {
        return isCharacter() || op == Op.CLASS || op == Op.ANY_CHAR || op == Op.ANY_BYTE;
    }

    /** Whether two parts are the same as RE2 sees it: not all flags count for all of them. */
    boolean sameAs(Node that) {
        if (op != that.op || text.length() != that.text.length()) {
            return false;
        }
        int differing = flags ^ that.flags;
        boolean same =
                switch (op) {
                    case END_TEXT -> (differing & WAS_DOLLAR) == 0;
                    case LITERAL -> text.equals(that.text) && (differing & FOLD_CASE) == 0;
                    case CLASS -> bytes.equals(that.bytes);
                    case STAR, PLUS, QUEST -> (differing & NON_GREEDY) == 0;
                    case REPEAT ->
                            (differing & NON_GREEDY) == 0 && min == that.min && max == that.max;
                    case NO_MATCH,
                            EMPTY,
                            CONCAT,
                            ALTERNATE,
                            CAPTURE,
                            ANY_CHAR,
                            ANY_BYTE,
                            BEGIN_LINE,
                            END_LINE,
                            WORD_BOUNDARY,
                            NO_WORD_BOUNDARY,
                            BEGIN_TEXT,
                            LEFT_PAREN,
                            BAR ->
                            true;
                };
        if (!same || subs.size() != that.subs.size()) {
            return false;
        }
        for (int i = 0; i < subs.size(); i++) {
            if (!subs.get(i).sameAs(that.subs.get(i))) {
                return false;
            }
        }
        return true;
    }
}
