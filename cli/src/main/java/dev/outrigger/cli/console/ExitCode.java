// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

/** What the process ends with. The numbers are a promise to scripts: docs/cli.md lists them. */
public enum ExitCode {
    OK(0, "done"),
    ANSWER_IS_NO(
            1,
            "it ran and the answer is no: a difference, a failed check, a request that is not"
                    + " routed, a damaged store, a failed demo, a question answered with no"),
    USAGE(2, "unknown command, option or value"),
    VALIDATION(3, "a document was refused"),
    CONFLICT(4, "conflict with another document, or it changed meanwhile"),
    NOT_FOUND(5, "no such document, proxy or file"),
    UNREACHABLE(6, "control plane unreachable, access denied, or an address could not be bound"),
    REJECTED(7, "stored, but a proxy rejected it, or it cannot be served"),
    TIMEOUT(8, "not finished within the time given"),
    BUG(70, "a fault in Outrigger itself");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    public String meaning() {
        return meaning;
    }
}
