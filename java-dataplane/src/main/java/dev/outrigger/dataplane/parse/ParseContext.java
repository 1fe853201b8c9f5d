// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a parser must know besides the message.
 *
 * @param origin decides some texts and the default of {@code validate_clusters}
 * @param path of the message in its file; empty over xDS
 * @param ads what {@code ads: {}} stands for
 * @param knownCluster whether a cluster of that name exists; asked only for {@code
 *     validate_clusters}
 * @param unknownFields what becomes of fields the descriptors do not know
 * @param constraintsHold whether the file around the message was checked for constraints and none
 *     was broken, so that the message need not be
 * @param secrets the bootstrap's own, by name
 * @param upstreamBind for clusters that have none of their own; {@code null} for none
 * @param anonymous whether the node lacks an id or a cluster, so that nobody may ask for anything
 * @param runtime in force while the message is read; {@code null} for what is read before there is
 *     one
 */
public record ParseContext(
        Origin origin,
        String path,
        Ads ads,
        Predicate<String> knownCluster,
        UnknownFields unknownFields,
        boolean constraintsHold,
        Map<String, SecretConfig> secrets,
        @Nullable BindConfig upstreamBind,
        boolean anonymous,
        @Nullable Supplier<RuntimeSnapshot> runtime) {
    public ParseContext {
        secrets = Map.copyOf(secrets);
    }

    /** Where the message comes from. */
    public enum Origin {
        STATIC,
        DYNAMIC
    }

    /** {@code dynamic_resources.ads_config}. */
    public enum Ads {
        NONE,
        STATE_OF_THE_WORLD,
        DELTA
    }

    boolean hasAds() {
        return ads != Ads.NONE;
    }

    /** For resources that came over xDS. */
    public static ParseContext dynamic(
            Ads ads, Predicate<String> knownCluster, UnknownFields unknownFields) {
        return new ParseContext(
                Origin.DYNAMIC,
                "",
                ads,
                knownCluster,
                unknownFields,
                false,
                Map.of(),
                null,
                false,
                null);
    }

    /** For resources of the bootstrap file. */
    public static ParseContext inFile(String path, Ads ads, Predicate<String> knownCluster) {
        return new ParseContext(
                Origin.STATIC,
                path,
                ads,
                knownCluster,
                UnknownFields.IN_FILE,
                false,
                Map.of(),
                null,
                false,
                null);
    }

    /** The same with another answer to fields nobody knows. */
    ParseContext withUnknownFields(UnknownFields other) {
        return new ParseContext(
                origin,
                path,
                ads,
                knownCluster,
                other,
                constraintsHold,
                secrets,
                upstreamBind,
                anonymous,
                runtime);
    }

    /** The same for a message inside a file that breaks no constraint. */
    ParseContext withConstraintsChecked() {
        return new ParseContext(
                origin,
                path,
                ads,
                knownCluster,
                unknownFields,
                true,
                secrets,
                upstreamBind,
                anonymous,
                runtime);
    }

    /** The same where the bootstrap has secrets of its own. */
    public ParseContext withSecrets(Map<String, SecretConfig> own) {
        return new ParseContext(
                origin,
                path,
                ads,
                knownCluster,
                unknownFields,
                constraintsHold,
                own,
                upstreamBind,
                anonymous,
                runtime);
    }

    /** The same where the cluster manager says where connections come from. */
    public ParseContext withUpstreamBind(@Nullable BindConfig bind) {
        return new ParseContext(
                origin,
                path,
                ads,
                knownCluster,
                unknownFields,
                constraintsHold,
                secrets,
                bind,
                anonymous,
                runtime);
    }

    /** The same where values of the runtime can be asked for. */
    public ParseContext withRuntime(Supplier<RuntimeSnapshot> values) {
        return new ParseContext(
                origin,
                path,
                ads,
                knownCluster,
                unknownFields,
                constraintsHold,
                secrets,
                upstreamBind,
                anonymous,
                values);
    }

    /** The same for a node without an id or a cluster. */
    ParseContext withoutNode() {
        return new ParseContext(
                origin,
                path,
                ads,
                knownCluster,
                unknownFields,
                constraintsHold,
                secrets,
                upstreamBind,
                true,
                runtime);
    }

    public boolean isStatic() {
        return origin == Origin.STATIC;
    }
}
