// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import dev.outrigger.dataplane.re2.Assembler.Starts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * How many instructions are left when alternatives are lists instead of trees. A list begins at a
 * start, behind an instruction that takes something, and where lists would overlap; an instruction
 * that is reached in two ways within one list is in it once.
 */
final class Flattening {
    private final Program program;
    private final Starts starts;

    /** Where lists begin, in the order in which they were found. */
    private final List<Integer> roots = new ArrayList<>();

    private final BitSet isRoot = new BitSet();
    private final List<List<Integer>> predecessors;
    private final BitSet reached = new BitSet();
    private int[] pending = new int[64];
    private int waiting;

    private Flattening(Program program, Starts starts) {
        this.program = program;
        this.starts = starts;
        this.predecessors = new ArrayList<>();
        for (int i = 0; i < program.size(); i++) {
            predecessors.add(List.of());
        }
    }

    static int size(Program program, Starts starts) {
        if (starts.anchored() == 0 && starts.unanchored() == 0) {
            return 1;
        }
        var flattening = new Flattening(program, starts);
        flattening.skipNothing();
        flattening.findMatchesOfAnything();
        flattening.findRoots();
        int[] sorted = flattening.roots.stream().mapToInt(Integer::intValue).sorted().toArray();
        for (int i = sorted.length - 1; i > 0; i--) {
            if (sorted[i] != starts.anchored() && sorted[i] != starts.unanchored()) {
                flattening.findOverlaps(sorted[i]);
            }
        }
        int size = 0;
        for (int root : flattening.roots) {
            size += flattening.walkList(root);
        }
        return size;
    }

    /** What does nothing is jumped over by all that the anchored start reaches. */
    private void skipNothing() {
        begin(starts.anchored());
        while (waiting > 0) {
            int id = pending[--waiting];
            if (id == 0 || reached.get(id)) {
                continue;
            }
            reached.set(id);
            program.setOut(id, past(program.out(id)));
            if (program.op(id) == Program.ALT) {
                program.setAlternative(id, past(program.alternative(id)));
                push(program.alternative(id));
            }
            push(program.out(id));
        }
    }

    private int past(int from) {
        int id = from;
        while (id != 0 && program.op(id) == Program.NOP) {
            id = program.out(id);
        }
        return id;
    }

    /** A loop over any byte with a match behind it is an instruction of its own. */
    private void findMatchesOfAnything() {
        for (int id = reached.nextSetBit(0); id >= 0; id = reached.nextSetBit(id + 1)) {
            if (program.op(id) != Program.ALT) {
                continue;
            }
            int one = program.out(id);
            int other = program.alternative(id);
            if ((loopsOver(one, id) && isMatch(other)) || (isMatch(one) && loopsOver(other, id))) {
                program.become(id, Program.ALT_MATCH);
            }
        }
    }

    private boolean loopsOver(int bytes, int id) {
        return program.op(bytes) == Program.BYTES
                && program.isAnyByte(bytes)
                && program.out(bytes) == id;
    }

    private boolean isMatch(int from) {
        int id = from;
        while (program.op(id) == Program.CAPTURE || program.op(id) == Program.NOP) {
            id = program.out(id);
        }
        return program.op(id) == Program.MATCH;
    }

    private void findRoots() {
        addRoot(0);
        addRoot(starts.unanchored());
        addRoot(starts.anchored());
        begin(starts.unanchored());
        while (waiting > 0) {
            int id = pending[--waiting];
            if (reached.get(id)) {
                continue;
            }
            reached.set(id);
            switch (program.op(id)) {
                case Program.ALT, Program.ALT_MATCH -> {
                    addPredecessor(program.out(id), id);
                    addPredecessor(program.alternative(id), id);
                    push(program.alternative(id));
                    push(program.out(id));
                }
                case Program.BYTES, Program.CAPTURE, Program.PLACE -> {
                    addRoot(program.out(id));
                    push(program.out(id));
                }
                case Program.NOP -> push(program.out(id));
                default -> {
                    // Nothing follows a match or a failure.
                }
            }
        }
    }

    /** What the list of this root shares with another begins a list of its own. */
    private void findOverlaps(int root) {
        walkList(root);
        for (int id = reached.nextSetBit(0); id >= 0; id = reached.nextSetBit(id + 1)) {
            for (int predecessor : predecessors.get(id)) {
                if (!reached.get(predecessor)) {
                    addRoot(id);
                }
            }
        }
    }

    /** Gives the number of instructions that the list of the root has. */
    private int walkList(int root) {
        int length = 0;
        begin(root);
        while (waiting > 0) {
            int id = pending[--waiting];
            if (reached.get(id)) {
                continue;
            }
            reached.set(id);
            if (id != root && isRoot.get(id)) {
                length++;
                continue;
            }
            switch (program.op(id)) {
                case Program.ALT, Program.ALT_MATCH -> {
                    length += program.op(id) == Program.ALT_MATCH ? 1 : 0;
                    push(program.alternative(id));
                    push(program.out(id));
                }
                case Program.NOP -> push(program.out(id));
                default -> length++;
            }
        }
        return length;
    }

    private void begin(int id) {
        reached.clear();
        waiting = 0;
        push(id);
    }

    private void push(int id) {
        if (waiting == pending.length) {
            pending = Arrays.copyOf(pending, 2 * waiting);
        }
        pending[waiting++] = id;
    }

    private void addRoot(int id) {
        if (!isRoot.get(id)) {
            isRoot.set(id);
            roots.add(id);
        }
    }

    private void addPredecessor(int id, int predecessor) {
        if (predecessors.get(id).isEmpty()) {
            predecessors.set(id, new ArrayList<>());
        }
        predecessors.get(id).add(predecessor);
    }
}
