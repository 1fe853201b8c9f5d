// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The flags of one command line and their values, cut as TCLAP cuts them for Envoy: a value is
 * always the next argument, whatever it looks like ({@code --flag=value} is not known), a flag with
 * one value is given once, {@code --} ends everything, and the first of {@code --help} and {@code
 * --version} ends it too, whatever comes after.
 */
final class Arguments {
    private static final String ENDS_FLAGS = "--";

    private final Map<Flag, List<String>> values = new EnumMap<>(Flag.class);

    private Arguments() {}

    /**
     * @throws UsageException with TCLAP's text
     */
    static Arguments read(List<String> arguments) throws UsageException {
        var read = new Arguments();
        for (int at = 0; at < arguments.size() && !read.isQuestion(); at++) {
            String argument = arguments.get(at);
            if (argument.equals(ENDS_FLAGS)) {
                break;
            }
            Flag flag = find(argument);
            if (flag.kind() == Flag.Kind.SWITCH) {
                read.add(flag, "");
                continue;
            }
            if (++at == arguments.size()) {
                throw Usage.error(flag.label(), "Missing a value for this argument!");
            }
            if (read.has(flag) && flag.kind() != Flag.Kind.TEXTS) {
                throw Usage.error(flag.label(), "Argument already set!");
            }
            read.add(flag, arguments.get(at));
        }
        return read;
    }

    private static Flag find(String argument) throws UsageException {
        for (Flag flag : Flag.values()) {
            if (flag.isCalled(argument)) {
                return flag;
            }
        }
        // TCLAP looks for short switches anywhere in "-xyz"; help is the only one there is.
        if (argument.startsWith("-")
                && !argument.startsWith("--")
                && argument.indexOf(Flag.HELP.shortName().charAt(1)) > 0) {
            return Flag.HELP;
        }
        throw Usage.error(argument, "Couldn't find match for argument");
    }

    private void add(Flag flag, String value) {
        values.computeIfAbsent(flag, _ -> new ArrayList<>()).add(value);
    }

    private boolean isQuestion() {
        return has(Flag.HELP) || has(Flag.VERSION);
    }

    boolean has(Flag flag) {
        return values.containsKey(flag);
    }

    /** The flag's value, or its default. */
    String text(Flag flag) {
        return values.containsKey(flag) ? values.get(flag).getFirst() : flag.defaultValue();
    }

    /** Every value of a flag that may be repeated, in order. */
    List<String> texts(Flag flag) {
        return List.copyOf(values.getOrDefault(flag, List.of()));
    }

    /** The flags given, in the order of the help. */
    List<Flag> given() {
        return List.copyOf(values.keySet());
    }
}
