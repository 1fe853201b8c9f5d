// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A shell that outlives this process, if only to clean up after it: shutdown hooks do not run when
 * the process is killed, but the pipe to the shell closes, and the shell then ends the children it
 * was told of and removes the folder. Any thread.
 */
final class Keeper {
    private static final String SCRIPT =
            """
            trap '' INT TERM HUP
            pids=
            while read -r word; do
              case $word in
                done) exit 0 ;;
                *) pids="$pids $word" ;;
              esac
            done
            kill -9 $pids 2>/dev/null
            rm -rf "$1"
            """;

    private final Process shell;
    private final BufferedWriter orders;
    private final Set<Long> known = new HashSet<>();

    private Keeper(Process shell) {
        this.shell = shell;
        this.orders = shell.outputWriter();
    }

    static Keeper start(Path folder) throws IOException {
        return new Keeper(
                new ProcessBuilder(List.of("sh", "-c", SCRIPT, "keeper", folder.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    /** Tells the shell of every child there is by now. */
    synchronized void watchChildren() {
        ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != shell.pid() && known.add(pid))
                .forEach(pid -> tell(Long.toString(pid)));
    }

    /** Everything is cleaned up already: nothing is left to do for the shell. */
    synchronized void dismiss() {
        tell("done");
    }

    private void tell(String word) {
        try {
            orders.write(word);
            orders.newLine();
            orders.flush();
        } catch (IOException e) {
            // The shell is gone. That costs the second net only: the shutdown hook is the first.
        }
    }
}
