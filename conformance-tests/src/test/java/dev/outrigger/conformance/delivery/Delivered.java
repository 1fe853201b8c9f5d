// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import com.google.protobuf.Any;
import dev.outrigger.conformance.control.HeldResources;
import dev.outrigger.conformance.control.ScriptedControlPlane;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** One proxy with a control plane of its own, which is given one set of resources after another. */
final class Delivered implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Where a refusal of several listeners or clusters goes on to the next. */
    private static final String BEFORE_NAME = "(?:\\(s\\) |\\n|, )";

    private final HeldResources held = new HeldResources();
    private final ScriptedControlPlane control;
    private final RunningProxy proxy;

    private Delivered(ProxyUnderTest proxy, String apiType, Path folder) throws IOException {
        control = ScriptedControlPlane.start(held);
        try {
            var bootstrap = Files.createDirectories(folder).resolve("bootstrap.yaml");
            Files.writeString(bootstrap, control.bootstrap(apiType));
            this.proxy = proxy.start(bootstrap, folder);
        } catch (IOException e) {
            control.close();
            throw e;
        }
    }

    static Delivered to(ProxyUnderTest proxy, String apiType, Path folder) throws IOException {
        return new Delivered(proxy, apiType, folder);
    }

    RunningProxy proxy() {
        return proxy;
    }

    /**
     * Replaces everything and waits for the answers.
     *
     * @return what was refused: by the name of the listener or cluster, or by the type, with what
     *     the proxy says about it
     */
    SortedMap<String, String> give(Map<String, Map<String, Any>> resources) throws IOException {
        held.hold(resources);
        if (!held.settles(PATIENCE)) {
            throw new IOException(
                    "no answer to " + held.unanswered() + " in " + PATIENCE + proxy.output());
        }
        var refused = new TreeMap<String, String>();
        held.refusals()
                .forEach((type, error) -> {
                    var short_ = type.substring(type.lastIndexOf('.') + 1);
                    boolean named = false;
                    for (String name : resources.getOrDefault(type, Map.of()).keySet()) {
                        var found =
                                Pattern.compile(BEFORE_NAME + Pattern.quote(name) + ": (?s:.*)")
                                        .matcher(error);
                        if (found.find()) {
                            named = true;
                            refused.put(short_ + " " + name, found.group());
                        }
                    }
                    if (!named) {
                        refused.put(short_, error);
                    }
                });
        return refused;
    }

    @Override
    public void close() {
        proxy.close();
        control.close();
    }
}
