// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

/** Usage texts in the layout Envoy's have, so that what greps them finds the flags. */
final class Usage {
    private static final int WIDTH = 75;

    private Usage() {}

    static String brief() {
        return "Brief USAGE: \n"
                + synopsis()
                + "\nFor complete USAGE and HELP type: \n   "
                + CommandLine.PROGRAM
                + " --help\n";
    }

    static String full() {
        var out = new StringBuilder("\nUSAGE: \n\n").append(synopsis()).append("\n\nWhere: \n\n");
        for (Flag flag : Flag.values()) {
            out.append("   ");
            if (!flag.shortName().isEmpty()) {
                out.append(flag.shortName()).append(flag.valueLabel()).append(",  ");
            }
            out.append(flag.longName()).append(flag.valueLabel());
            if (flag.kind() == Flag.Kind.TEXTS) {
                out.append("  (accepted multiple times)");
            }
            out.append('\n');
            wrap(flag.description(), "     ", out);
            out.append('\n');
        }
        return out.append("\n   A sidecar proxy that takes Envoy's bootstrap and command line.\n\n")
                .toString();
    }

    private static String synopsis() {
        var words = new StringBuilder();
        for (Flag flag : Flag.values()) {
            words.append('[')
                    .append(flag.shortName().isEmpty() ? flag.longName() : flag.shortName())
                    .append(flag.valueLabel())
                    .append(flag.kind() == Flag.Kind.TEXTS ? "] ... " : "] ");
        }
        String indent = "   " + CommandLine.PROGRAM + "  ";
        var out = new StringBuilder();
        wrap(words.toString().strip(), " ".repeat(indent.length()), out);
        return indent + out.substring(indent.length());
    }

    /** A command line that cannot be read, told as TCLAP tells it. */
    static UsageException error(String argument, String problem) {
        return new UsageException(
                "PARSE ERROR: Argument: "
                        + argument
                        + "\n             "
                        + problem
                        + "\n\n"
                        + brief()
                        + "\n"
                        + argument
                        + " -- "
                        + problem
                        + "\n");
    }

    private static void wrap(String text, String indent, StringBuilder out) {
        var line = new StringBuilder(indent);
        for (String word : text.split(" ")) {
            if (line.length() > indent.length() && line.length() + word.length() >= WIDTH) {
                out.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(indent);
            }
            line.append(word).append(' ');
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }
}
