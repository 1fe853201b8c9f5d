// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion scripts for the shells that picocli has none for. */
public final class CompletionScripts {
    private CompletionScripts() {}

    /** Commands by what is typed before them, with what may follow. */
    private static Map<List<String>, CommandSpec> commands(CommandSpec root) {
        var commands = new TreeMap<List<String>, CommandSpec>(CompletionScripts::compare);
        collect(List.of(), root, commands);
        return commands;
    }

    private static int compare(List<String> one, List<String> other) {
        return String.join(" ", one).compareTo(String.join(" ", other));
    }

    private static void collect(
            List<String> path, CommandSpec command, Map<List<String>, CommandSpec> into) {
        into.put(path, command);
        visible(command)
                .forEach((name, sub) -> {
                    var longer = new ArrayList<>(path);
                    longer.add(name);
                    collect(List.copyOf(longer), sub, into);
                });
    }

    private static Map<String, CommandSpec> visible(CommandSpec command) {
        var visible = new TreeMap<String, CommandSpec>();
        command.subcommands()
                .forEach((name, sub) -> {
                    if (!sub.getCommandSpec().usageMessage().hidden()) {
                        visible.put(name, sub.getCommandSpec());
                    }
                });
        return visible;
    }

    private static String description(CommandSpec command) {
        var lines = command.usageMessage().description();
        return lines.length == 0 ? "" : lines[0];
    }

    /** For fish: one line for each command and each option. */
    public static String fish(String program, CommandSpec root) {
        var lines = new ArrayList<String>();
        lines.add("# Completion of " + program + " for fish");
        lines.add("complete -c " + program + " -f");
        commands(root)
                .forEach((path, command) -> {
                    var where = fishCondition(path, visible(command).keySet());
                    visible(command)
                            .forEach((name, sub) ->
                                    lines.add(
                                            "complete -c "
                                                    + program
                                                    + where
                                                    + " -a "
                                                    + name
                                                    + " -d "
                                                    + quoted(description(sub))));
                    for (OptionSpec option : command.options()) {
                        if (!option.hidden()) {
                            lines.add(
                                    "complete -c "
                                            + program
                                            + fishCondition(path, List.of())
                                            + fishNames(option)
                                            + (option.arity().max() > 0 ? " -r -F" : "")
                                            + " -d "
                                            + quoted(String.join(" ", option.description())));
                        }
                    }
                });
        return String.join("\n", lines);
    }

    private static String fishCondition(List<String> path, Iterable<String> notYet) {
        var parts = new ArrayList<String>();
        path.forEach(word -> parts.add("__fish_seen_subcommand_from " + word));
        var others = String.join(" ", notYet);
        if (!others.isEmpty()) {
            parts.add("not __fish_seen_subcommand_from " + others);
        } else if (path.isEmpty()) {
            parts.add("__fish_use_subcommand");
        }
        return " -n " + quoted(String.join("; and ", parts));
    }

    private static String fishNames(OptionSpec option) {
        return Stream.of(option.names())
                .map(name ->
                        name.startsWith("--")
                                ? " -l " + name.substring(2)
                                : " -s " + name.substring(1))
                .collect(Collectors.joining());
    }

    /** For fish and PowerShell alike: nothing in single quotes is special but the quote. */
    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ") + "'";
    }

    /** For PowerShell: a table of words by the commands typed before. */
    public static String powershell(String program, CommandSpec root) {
        var lines = new ArrayList<String>();
        lines.add("# Completion of " + program + " for PowerShell");
        lines.add("Register-ArgumentCompleter -Native -CommandName " + program + " -ScriptBlock {");
        lines.add("    param($word, $ast, $cursor)");
        lines.add("    $words = @{");
        commands(root)
                .forEach((path, command) -> {
                    var words = new ArrayList<>(visible(command).keySet());
                    for (OptionSpec option : command.options()) {
                        if (!option.hidden()) {
                            words.addAll(List.of(option.names()));
                        }
                    }
                    lines.add(
                            "        '"
                                    + String.join(" ", path)
                                    + "' = @("
                                    + words.stream()
                                            .map(word -> "'" + word + "'")
                                            .collect(Collectors.joining(", "))
                                    + ")");
                });
        lines.add("    }");
        lines.add("    $path = ''");
        lines.add("    foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {");
        lines.add("        $longer = ($path + ' ' + $element.ToString()).Trim()");
        lines.add("        if ($words.ContainsKey($longer)) { $path = $longer }");
        lines.add("    }");
        lines.add("    $words[$path] | Where-Object { $_ -like \"$word*\" } | ForEach-Object {");
        lines.add(
                "        [System.Management.Automation.CompletionResult]::new($_, $_,"
                        + " 'ParameterValue', $_)");
        lines.add("    }");
        lines.add("}");
        return String.join("\n", lines);
    }
}
