// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Usage texts in the layout Envoy's have, so that what greps them finds the flags. */
final class Usage {
    private static final int WIDTH = 75;

    private Usage() {}

    static String brief(CommandSpec spec) {
        return "Brief USAGE: \n"
                + synopsis(spec)
                + "\nFor complete USAGE and HELP type: \n   "
                + CommandLine.PROGRAM
                + " --help\n";
    }

    static String full(CommandSpec spec) {
        var out =
                new StringBuilder("\nUSAGE: \n\n").append(synopsis(spec)).append("\n\nWhere: \n\n");
        for (OptionSpec option : spec.options()) {
            out.append("   ");
            List<String> names = new ArrayList<>();
            for (String name : option.names()) {
                names.add(name + argument(option));
            }
            out.append(String.join(",  ", names));
            if (option.isMultiValue()) {
                out.append("  (accepted multiple times)");
            }
            out.append('\n');
            wrap(String.join(" ", option.description()), "     ", out);
            out.append('\n');
        }
        return out.append("\n   A sidecar proxy that takes Envoy's bootstrap and command line.\n\n")
                .toString();
    }

    private static String synopsis(CommandSpec spec) {
        var words = new StringBuilder();
        for (OptionSpec option : spec.options()) {
            words.append('[')
                    .append(option.shortestName())
                    .append(argument(option))
                    .append(option.isMultiValue() ? "] ... " : "] ");
        }
        String indent = "   " + CommandLine.PROGRAM + "  ";
        var out = new StringBuilder();
        wrap(words.toString().strip(), " ".repeat(indent.length()), out);
        return indent + out.substring(indent.length());
    }

    private static String argument(OptionSpec option) {
        return option.arity().max() == 0 ? "" : " " + option.paramLabel();
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
