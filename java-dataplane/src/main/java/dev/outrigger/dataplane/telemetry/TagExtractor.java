// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.outrigger.dataplane.config.StatsConfig;
import dev.outrigger.dataplane.config.StatsConfig.TagSpecifier;
import dev.outrigger.dataplane.config.StatsConfig.TagSpecifier.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes the variable parts out of a stat's name (PR3): what remains is the family, the parts become
 * labels in the order of the rules. Every rule looks at the whole original name.
 *
 * <p>A name part ends at a dot: of the cluster {@code b.local} only {@code b} becomes the label, as
 * in Envoy. Immutable.
 */
final class TagExtractor {
    /** What applies to any name: looked at first, as in Envoy. */
    private final List<TagRule> anywhere;

    private final Map<String, List<TagRule>> byFirstToken;

    private TagExtractor(List<TagRule> rules) {
        anywhere = rules.stream().filter(rule -> rule.firstToken().isEmpty()).toList();
        byFirstToken =
                rules.stream()
                        .filter(rule -> !rule.firstToken().isEmpty())
                        .collect(Collectors.groupingBy(TagRule::firstToken));
    }

    static TagExtractor of(StatsConfig config) {
        var rules = new ArrayList<TagRule>();
        if (config.useAllDefaultTags()) {
            rules.addAll(DefaultTags.RULES);
        }
        for (TagSpecifier tag : config.tags()) {
            switch (tag.value()) {
                case Value.Fixed(String text) -> rules.add(new Fixed(tag.name(), text));
                case Value.Regex(String pattern) ->
                        rules.add(
                                new Custom(
                                        tag.name(),
                                        Pattern.compile(pattern),
                                        TagRule.first(pattern)));
                case Value.Default() ->
                        DefaultTags.RULES.stream()
                                .filter(rule -> rule.name().equals(tag.name()))
                                .forEach(rules::add);
            }
        }
        return new TagExtractor(rules);
    }

    /** What is done with a name. */
    Extracted extract(String name) {
        var labels = new ArrayList<Label>(2);
        var removed = new BitSet();
        apply(anywhere, name, labels, removed);
        int dot = name.indexOf('.');
        if (dot > 0) {
            var rules = byFirstToken.get(name.substring(0, dot));
            if (rules != null) {
                apply(rules, name, labels, removed);
            }
        }
        if (removed.isEmpty()) {
            return new Extracted(name, labels);
        }
        var family = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if (!removed.get(i)) {
                family.append(name.charAt(i));
            }
        }
        return new Extracted(family.toString(), labels);
    }

    private static void apply(
            List<TagRule> rules, String name, List<Label> labels, BitSet removed) {
        for (TagRule rule : rules) {
            if (labels.stream().anyMatch(label -> label.name().equals(rule.name()))) {
                // The first rule of a name that finds something is the one that counts.
                continue;
            }
            rule.find(name)
                    .ifPresent(part -> {
                        labels.add(new Label(rule.name(), part.value()));
                        removed.set(part.from(), part.to());
                    });
        }
    }

    /** A tag every stat has. */
    private record Fixed(String name, String value) implements TagRule {
        @Override
        public String firstToken() {
            return "";
        }

        @Override
        public Optional<Part> find(String stat) {
            return Optional.of(new Part(value, 0, 0));
        }
    }

    /** A tag the configuration describes. */
    private record Custom(String name, Pattern pattern, String firstToken) implements TagRule {
        @Override
        public Optional<Part> find(String stat) {
            Matcher matcher = pattern.matcher(stat);
            if (!matcher.find() || matcher.groupCount() == 0 || matcher.group(1) == null) {
                return Optional.empty();
            }
            String value =
                    matcher.groupCount() > 1 && matcher.group(2) != null
                            ? matcher.group(2)
                            : matcher.group(1);
            return Optional.of(new Part(value, matcher.start(1), matcher.end(1)));
        }
    }

    /** A tag with its value. */
    record Label(String name, String value) {}

    /**
     * @param family the name without its variable parts
     */
    record Extracted(String family, List<Label> labels) {
        Extracted {
            labels = List.copyOf(labels);
        }
    }
}
