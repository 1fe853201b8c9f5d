// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.config.ScopeKeyConfig;
import dev.outrigger.dataplane.config.ScopeKeyConfig.Extract;
import dev.outrigger.dataplane.config.ScopeKeyConfig.HeaderFragment;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Route tables by the key of a request's scope. Immutable. */
public final class ScopedRoutes {
    private final List<HeaderFragment> fragments;
    private final List<RequestText> texts;
    private final Map<List<String>, Routes> scopes;
    private final Map<List<String>, OnDemand> onDemand;

    /**
     * @param onDemand scopes whose routes have not come, or that nobody has asked for yet
     */
    public ScopedRoutes(
            ScopeKeyConfig key,
            Map<List<String>, Routes> scopes,
            Map<List<String>, OnDemand> onDemand) {
        this.fragments = key.fragments().stream().map(ScopedRoutes::wire).toList();
        this.texts = fragments.stream().map(each -> RequestText.first(each.header())).toList();
        this.scopes = Map.copyOf(scopes);
        this.onDemand = Map.copyOf(onDemand);
    }

    /** The table of the request's scope; {@code null} without one, or before its routes came. */
    public @Nullable Routes find(RequestHead head) {
        List<String> key = key(head);
        return key == null ? null : scopes.get(key);
    }

    /** The request's scope, if its routes are not there yet. */
    public @Nullable OnDemand findOnDemand(RequestHead head) {
        List<String> key = onDemand.isEmpty() ? null : key(head);
        return key == null ? null : onDemand.get(key);
    }

    private @Nullable List<String> key(RequestHead head) {
        var key = new ArrayList<String>(fragments.size());
        for (int i = 0; i < fragments.size(); i++) {
            String text = texts.get(i).read(head);
            String part = text == null ? null : part(fragments.get(i), text);
            if (part == null) {
                return null;
            }
            key.add(part);
        }
        return key;
    }

    private static HeaderFragment wire(HeaderFragment configured) {
        return new HeaderFragment(
                configured.header(),
                WireText.of(configured.elementSeparator()),
                switch (configured.extract()) {
                    case Extract.Index index -> index;
                    case Extract.Element(String separator, String key) ->
                            new Extract.Element(WireText.of(separator), WireText.of(key));
                });
    }

    private static @Nullable String part(HeaderFragment fragment, String value) {
        return switch (fragment.extract()) {
            case Extract.Index(int wanted) -> element(value, fragment.elementSeparator(), wanted);
            case Extract.Element(String separator, String key) ->
                    valueOf(value, fragment.elementSeparator(), separator, key);
        };
    }

    private static @Nullable String element(String value, String separator, int wanted) {
        if (separator.isEmpty()) {
            return wanted == 0 ? value : null;
        }
        int from = 0;
        for (int i = 0; i < wanted; i++) {
            int next = value.indexOf(separator, from);
            if (next < 0) {
                return null;
            }
            from = next + separator.length();
        }
        int end = value.indexOf(separator, from);
        return value.substring(from, end < 0 ? value.length() : end);
    }

    private static @Nullable String valueOf(
            String value, String elementSeparator, String separator, String key) {
        int from = 0;
        while (from <= value.length()) {
            int next = elementSeparator.isEmpty() ? -1 : value.indexOf(elementSeparator, from);
            int end = next < 0 ? value.length() : next;
            int split = value.indexOf(separator, from);
            boolean splits = split >= 0 && split + separator.length() <= end;
            String name = value.substring(from, splits ? split : end);
            if (name.equals(key)) {
                return splits ? value.substring(split + separator.length(), end) : "";
            }
            if (next < 0) {
                return null;
            }
            from = next + elementSeparator.length();
        }
        return null;
    }
}
