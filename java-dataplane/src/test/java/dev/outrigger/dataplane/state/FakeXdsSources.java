// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import com.google.protobuf.Message;
import dev.outrigger.dataplane.ads.Resource;
import dev.outrigger.dataplane.ads.ResourceSink;
import dev.outrigger.dataplane.ads.XdsSources;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Hands responses straight to the sinks. */
final class FakeXdsSources implements XdsSources {
    private final List<String> onDemand = new ArrayList<>();
    private final Map<XdsType, ResourceSink> sinks = new EnumMap<>(XdsType.class);
    private final Map<XdsType, Integer> pauses = new EnumMap<>(XdsType.class);
    private final Map<XdsType, List<Set<String>>> requests = new EnumMap<>(XdsType.class);

    boolean isOpen(XdsType type) {
        return sinks.containsKey(type);
    }

    boolean isPaused(XdsType type) {
        return pauses.getOrDefault(type, 0) > 0;
    }

    /** The names asked for on demand, in order. */
    List<String> onDemand() {
        return onDemand;
    }

    List<Set<String>> requests(XdsType type) {
        return requests.getOrDefault(type, List.of());
    }

    Optional<String> state(XdsType type, String version, Message... resources) {
        var list = new ArrayList<Resource>();
        for (Message resource : resources) {
            list.add(new Resource("", version, type.typeUrl(), resource.toByteArray()));
        }
        return sink(type).onState(list, version);
    }

    Optional<String> delta(
            XdsType type, String version, Map<String, Message> changed, String... removed) {
        var list = new ArrayList<Resource>();
        new LinkedHashMap<>(changed)
                .forEach((name, message) ->
                        list.add(
                                new Resource(
                                        name, version, type.typeUrl(), message.toByteArray())));
        return sink(type).onDelta(list, Arrays.asList(removed), version);
    }

    /** Says of names that there is nothing. */
    Optional<String> unresolved(XdsType type, String... names) {
        var list = new ArrayList<Resource>();
        for (String name : names) {
            list.add(new Resource(name, "1", "", new byte[0], List.of(name)));
        }
        return sink(type).onDelta(list, List.of(), "1");
    }

    @Override
    public Subscription open(
            ConfigSourceConfig source, XdsType type, String statPrefix, ResourceSink sink) {
        sinks.put(type, sink);
        return new Subscription() {
            @Override
            public void request(Set<String> names) {
                requests.computeIfAbsent(type, _ -> new ArrayList<>()).add(Set.copyOf(names));
            }

            @Override
            public void requestOnDemand(String name) {
                onDemand.add(name);
            }

            @Override
            public void close() {
                sinks.remove(type, sink);
            }
        };
    }

    @Override
    public void pause(XdsType type) {
        pauses.merge(type, 1, Integer::sum);
    }

    @Override
    public void resume(XdsType type) {
        pauses.merge(type, -1, Integer::sum);
    }

    private ResourceSink sink(XdsType type) {
        var sink = sinks.get(type);
        if (sink == null) {
            throw new AssertionError(type + " was not asked for");
        }
        return sink;
    }
}
