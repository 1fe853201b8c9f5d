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
import java.util.Optional;

/**
 * Takes the variable parts out of a stat's name (PR3): what remains is the family, the parts become
 * labels in the order of the rules. Every rule looks at the whole original name.
 *
 * <p>A name part ends at a dot: of the cluster {@code b.local} only {@code b} becomes the label, as
 * in Envoy. Immutable.
 */
final class TagExtractor {
    private final List<Label> fixed;
    private final List<TagRule> rules;

    private TagExtractor(List<Label> fixed, List<TagRule> rules) {
        this.fixed = List.copyOf(fixed);
        this.rules = List.copyOf(rules);
    }

    static TagExtractor of(StatsConfig config) {
        var fixed = new ArrayList<Label>();
        var rules = new ArrayList<TagRule>();
        for (TagSpecifier tag : config.tags()) {
            switch (tag.value()) {
                case Value.Fixed(String text) -> fixed.add(new Label(tag.name(), text));
                case Value.Regex(String pattern) ->
                        rules.add(new Custom(tag.name(), Pattern.compile(pattern)));
                case Value.Default() ->
                        DefaultTags.RULES.stream()
                                .filter(rule -> rule.name().equals(tag.name()))
                                .forEach(rules::add);
            }
        }
        if (config.useAllDefaultTags()) {
            var named = config.tags().stream().map(TagSpecifier::name).toList();
            DefaultTags.RULES.stream()
                    .filter(rule -> !named.contains(rule.name()))
                    .forEach(rules::add);
        }
        return new TagExtractor(fixed, rules);
    }

    /** What is done with a name. */
    Extracted extract(String name) {
        var labels = new ArrayList<Label>(fixed.size() + 2);
        var removed = new BitSet();
        for (TagRule rule : rules) {
            if (labels.stream().anyMatch(label -> label.name().equals(rule.name()))) {
                continue;
            }
            rule.find(name)
                    .ifPresent(part -> {
                        labels.add(new Label(rule.name(), part.value()));
                        removed.set(part.from(), part.to());
                    });
        }
        labels.addAll(fixed);
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

    /** A tag the configuration describes. */
    private record Custom(String name, Pattern pattern) implements TagRule {
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
