// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import dev.outrigger.dataplane.re2.Node.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the instructions of a simplified pattern, from its parts outwards. */
final class Assembler {
    /** How deep the beginning and the end are searched for an anchor. */
    private static final int ANCHOR_DEPTH = 4;

    private final Program program;

    /**
     * Instructions that belong together.
     *
     * @param begin 0 for what never matches
     * @param ends places that still lack where to go: twice the instruction, plus one for its
     *     alternative; given away with the fragment
     */
    private record Fragment(int begin, List<Integer> ends, boolean nullable) {
        boolean matchesNothing() {
            return begin == 0;
        }
    }

    private Assembler(Program program) {
        this.program = program;
    }

    /** Starting at the beginning of the text, and anywhere in it. */
    record Starts(int anchored, int unanchored) {}

    static Starts assemble(Node simplified, Program program) {
        var assembler = new Assembler(program);
        Optional<Node> withoutStart = withoutAnchor(simplified, Op.BEGIN_TEXT, 0);
        Node begun = withoutStart.orElse(simplified);
        Node body = withoutAnchor(begun, Op.END_TEXT, 0).orElse(begun);
        Fragment all = assembler.concat(assembler.write(body), assembler.match());
        int anchored = all.begin;
        if (withoutStart.isEmpty()) {
            Fragment anything = assembler.star(assembler.anyByte(), Node.NON_GREEDY);
            all = assembler.concat(anything, all);
        }
        return new Starts(anchored, all.begin);
    }

    /** Empty where the node does not begin, or end, with the anchor. */
    private static Optional<Node> withoutAnchor(Node node, Op anchor, int depth) {
        if (node.op() == anchor) {
            return Optional.of(Node.of(Op.EMPTY, node.flags()));
        }
        if (depth >= ANCHOR_DEPTH - 1 || (node.op() != Op.CONCAT && node.op() != Op.CAPTURE)) {
            return Optional.empty();
        }
        int at = anchor == Op.BEGIN_TEXT ? 0 : node.subs().size() - 1;
        return withoutAnchor(node.subs().get(at), anchor, depth + 1)
                .map(changed -> {
                    List<Node> subs = new ArrayList<>(node.subs());
                    subs.set(at, changed);
                    return node.withSubs(subs);
                });
    }

    private Fragment write(Node node) {
        return switch (node.op()) {
            case NO_MATCH, REPEAT, LEFT_PAREN, BAR -> noMatch();
            case EMPTY -> single(Program.NOP, true);
            case LITERAL -> literal(node.text());
            case CONCAT -> {
                Fragment all = write(node.sub());
                for (Node sub : node.subs().subList(1, node.subs().size())) {
                    all = concat(all, write(sub));
                }
                yield all;
            }
            case ALTERNATE -> {
                Fragment all = write(node.sub());
                for (Node sub : node.subs().subList(1, node.subs().size())) {
                    all = alternative(all, write(sub));
                }
                yield all;
            }
            case STAR -> star(write(node.sub()), node.flags());
            case PLUS -> plus(write(node.sub()), node.flags());
            case QUEST -> quest(write(node.sub()), node.flags());
            case CAPTURE -> capture(write(node.sub()));
            case ANY_CHAR, ANY_BYTE -> anyByte();
            case CLASS -> bytes(node);
            case BEGIN_LINE, END_LINE, WORD_BOUNDARY, NO_WORD_BOUNDARY, BEGIN_TEXT, END_TEXT ->
                    single(Program.PLACE, true);
        };
    }

    private static Fragment noMatch() {
        return new Fragment(0, new ArrayList<>(), false);
    }

    private Fragment match() {
        return new Fragment(program.add(Program.MATCH), new ArrayList<>(), false);
    }

    private Fragment single(byte op, boolean nullable) {
        int id = program.add(op);
        return new Fragment(id, ends(2 * id), nullable);
    }

    private Fragment anyByte() {
        Fragment any = single(Program.BYTES, false);
        program.takeAnyByte(any.begin);
        return any;
    }

    private Fragment literal(String text) {
        Fragment all = single(Program.BYTES, false);
        for (int i = 1; i < text.length(); i++) {
            all = concat(all, single(Program.BYTES, false));
        }
        return all;
    }

    /** One instruction for each run of bytes; upper case is in that of a set that ignores case. */
    private Fragment bytes(Node node) {
        var set = node.bytes();
        boolean folds = true;
        for (int c = 'A'; c <= 'Z'; c++) {
            folds &= set.get(c) == set.get(c | 0x20);
        }
        Fragment all = noMatch();
        int low = set.nextSetBit(0);
        while (low >= 0) {
            int end = set.nextClearBit(low);
            if (!folds || low < 'A' || end - 1 > 'Z') {
                Fragment run = single(Program.BYTES, false);
                if (low == 0 && end == ByteSets.SIZE) {
                    program.takeAnyByte(run.begin);
                }
                all = alternative(all, run);
            }
            low = set.nextSetBit(end);
        }
        return all;
    }

    private Fragment concat(Fragment a, Fragment b) {
        if (a.matchesNothing() || b.matchesNothing()) {
            return noMatch();
        }
        boolean skipped =
                program.op(a.begin) == Program.NOP
                        && a.ends.size() == 1
                        && a.ends.getFirst() == 2 * a.begin;
        patch(a.ends, b.begin);
        return skipped ? b : new Fragment(a.begin, b.ends, a.nullable && b.nullable);
    }

    private Fragment alternative(Fragment a, Fragment b) {
        if (a.matchesNothing()) {
            return b;
        }
        if (b.matchesNothing()) {
            return a;
        }
        int id = program.add(Program.ALT);
        program.setOut(id, a.begin);
        program.setAlternative(id, b.begin);
        return new Fragment(id, append(a.ends, b.ends), a.nullable || b.nullable);
    }

    private Fragment plus(Fragment a, int flags) {
        int id = program.add(Program.ALT);
        int end = choose(id, a.begin, flags);
        patch(a.ends, id);
        return new Fragment(a.begin, ends(end), a.nullable);
    }

    private Fragment star(Fragment a, int flags) {
        if (a.nullable) {
            return quest(plus(a, flags), flags);
        }
        int id = program.add(Program.ALT);
        int end = choose(id, a.begin, flags);
        patch(a.ends, id);
        return new Fragment(id, ends(end), true);
    }

    private Fragment quest(Fragment a, int flags) {
        if (a.matchesNothing()) {
            return single(Program.NOP, true);
        }
        int id = program.add(Program.ALT);
        int end = choose(id, a.begin, flags);
        return new Fragment(id, append(ends(end), a.ends), true);
    }

    /** Lets the instruction go into the repeated part; gives the place for what follows it. */
    private int choose(int id, int inside, int flags) {
        if ((flags & Node.NON_GREEDY) != 0) {
            program.setAlternative(id, inside);
            return 2 * id;
        }
        program.setOut(id, inside);
        return 2 * id + 1;
    }

    private Fragment capture(Fragment a) {
        if (a.matchesNothing()) {
            return a;
        }
        int id = program.add(Program.CAPTURE);
        int end = program.add(Program.CAPTURE);
        program.setOut(id, a.begin);
        patch(a.ends, end);
        return new Fragment(id, ends(2 * end), a.nullable);
    }

    private static List<Integer> ends(int place) {
        List<Integer> ends = new ArrayList<>(2);
        ends.add(place);
        return ends;
    }

    /** The shorter list moves, so that long alternations cost no more than their length. */
    private static List<Integer> append(List<Integer> a, List<Integer> b) {
        List<Integer> longer = a.size() < b.size() ? b : a;
        longer.addAll(a.size() < b.size() ? a : b);
        return longer;
    }

    private void patch(List<Integer> places, int to) {
        for (int place : places) {
            if ((place & 1) == 0) {
                program.setOut(place >> 1, to);
            } else {
                program.setAlternative(place >> 1, to);
            }
        }
    }
}
