// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.credentialinjector;

import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.GenericSecrets;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.filter.credentialinjector.CredentialInjectorConfig.Source;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A credential injector compiled: what all requests share. Any event loop. */
public final class CredentialInjection {
    private static final LocalReply REFUSAL =
            LocalReply.of(401, "Failed to inject credential.", "failed_to_inject_credential");
    private static final byte[] NONE = {};

    private final CredentialInjectorConfig config;
    private final GenericSecrets secrets;
    private final byte[] header;
    private final Counter injected;
    private final Counter failed;
    private final Counter alreadyExists;
    private volatile Value last = new Value(new SecretConfig.Generic(""), NONE);

    /** What a secret makes of the header. */
    private static final class Value {
        private final SecretConfig.Generic secret;
        private final byte[] bytes;

        private Value(SecretConfig.Generic secret, byte[] bytes) {
            this.secret = secret;
            this.bytes = bytes;
        }
    }

    /**
     * @param statPrefix what stands in front of the filter's own
     */
    public CredentialInjection(
            CredentialInjectorConfig config, FactoryContext context, String statPrefix) {
        this.config = config;
        this.secrets = context.secrets();
        this.header = WireText.bytes(config.header());
        String prefix = statPrefix + "credential_injector.";
        this.injected = context.stats().counter(prefix + "injected");
        this.failed = context.stats().counter(prefix + "failed");
        this.alreadyExists = context.stats().counter(prefix + "already_exists");
    }

    /** Puts the credential in; returns what the client is answered where that must not be. */
    public @Nullable LocalReply apply(HeaderBlock headers, StatsShard shard) {
        if (!config.overwrite() && headers.find(header, 0) >= 0) {
            shard.inc(alreadyExists);
            return null;
        }
        byte[] value = value();
        if (value.length == 0) {
            shard.inc(failed);
            return config.allowsWithout() ? null : REFUSAL;
        }
        shard.inc(injected);
        if (!SoundHeaders.isValue(value)) {
            // With ends of lines amid it, it would be headers of its own.
            headers.doubt();
        }
        headers.remove(header);
        headers.add(header, value);
        return null;
    }

    /** Empty for none. */
    private byte[] value() {
        SecretConfig.Generic secret =
                switch (config.source()) {
                    case Source.Known(var known) -> known;
                    case Source.Discovered(var reference) -> secrets.find(reference);
                };
        Value value = last;
        if (!value.secret.equals(secret)) {
            value = new Value(secret, bytes(secret.text()));
            last = value;
        }
        return value.bytes;
    }

    private byte[] bytes(String secret) {
        int end = secret.length();
        while (end > 0 && (secret.charAt(end - 1) == '\n' || secret.charAt(end - 1) == '\r')) {
            end--;
        }
        return end == 0
                ? NONE
                : (config.prefix() + secret.substring(0, end)).getBytes(StandardCharsets.UTF_8);
    }
}
