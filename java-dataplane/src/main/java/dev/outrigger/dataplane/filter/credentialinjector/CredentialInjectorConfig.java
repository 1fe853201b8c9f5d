// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.credentialinjector;

import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;
import java.util.List;

/**
 * {@code envoy.extensions.filters.http.credential_injector.v3.CredentialInjector} with a generic
 * credential.
 *
 * @param overwrite whether a header that is there already gives way
 * @param allowsWithout whether a request goes on where there is no credential
 * @param header in lower case
 * @param prefix in front of the credential; may be empty
 */
public record CredentialInjectorConfig(
        boolean overwrite, boolean allowsWithout, String header, String prefix, Source source)
        implements FilterConfig {

    /** Where the credential is from. */
    public sealed interface Source {
        /** The bootstrap's own secret. */
        record Known(SecretConfig.Generic secret) implements Source {}

        /** A secret that comes by SDS. */
        record Discovered(ResourceReference reference) implements Source {}
    }

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        var injection = new CredentialInjection(this, context, context.statPrefix());
        return callbacks -> new CredentialInjectorFilter(callbacks, injection);
    }

    @Override
    public List<String> clusterCounters() {
        return List.of(
                "credential_injector.injected",
                "credential_injector.failed",
                "credential_injector.already_exists");
    }

    @Override
    public List<ResourceReference> secrets() {
        return switch (source) {
            case Source.Known _ -> List.of();
            case Source.Discovered(var reference) -> List.of(reference);
        };
    }
}
