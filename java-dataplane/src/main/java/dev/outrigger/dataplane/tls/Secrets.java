// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.CommonTlsConfig;
import dev.outrigger.dataplane.config.CommonTlsConfig.CertificateConfig;
import dev.outrigger.dataplane.config.CommonTlsConfig.CertificateSource;
import dev.outrigger.dataplane.config.CommonTlsConfig.ValidationSource;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.SessionTicketKeys;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.TicketKeys;
import dev.outrigger.dataplane.config.PeerValidationConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.tls.LoadedCertificates.Loaded;
import dev.outrigger.dataplane.x509.CertificateChain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The secrets known at one moment, in the places configuration has for them. Immutable. */
record Secrets(Map<ResourceReference, SecretConfig> known) {
    boolean hasAll(Collection<ResourceReference> references) {
        return known.keySet().containsAll(references);
    }

    private <S extends SecretConfig> Optional<S> find(ResourceReference reference, Class<S> type) {
        SecretConfig found = known.get(reference);
        return type.isInstance(found) ? Optional.of(type.cast(found)) : Optional.empty();
    }

    List<CertificateChain> chains(CommonTlsConfig config) {
        var chains = new ArrayList<CertificateChain>();
        for (CertificateSource each : config.certificates()) {
            switch (each) {
                case CertificateSource.Inline(var certificate) -> chains.add(certificate.chain());
                case CertificateSource.Secret(var reference) ->
                        find(reference, CertificateConfig.class)
                                .ifPresent(found -> chains.add(found.chain()));
            }
        }
        return chains;
    }

    Optional<PeerValidationConfig> validation(CommonTlsConfig config) {
        return switch (config.validation()) {
            case ValidationSource.None() -> Optional.empty();
            case ValidationSource.Inline(var validation) -> Optional.of(validation);
            case ValidationSource.Secret(var reference, var base) ->
                    find(reference, PeerValidationConfig.class)
                            .map(own -> base.map(b -> b.mergedWith(own)).orElse(own));
        };
    }

    /** What a context made of this works with. */
    LoadedCertificates loaded(CommonTlsConfig config) {
        var own = new ArrayList<Loaded>();
        for (CertificateSource each : config.certificates()) {
            Optional<CertificateConfig> found =
                    switch (each) {
                        case CertificateSource.Inline(var certificate) -> Optional.of(certificate);
                        case CertificateSource.Secret(var reference) ->
                                find(reference, CertificateConfig.class);
                    };
            found.ifPresent(c ->
                    own.add(new Loaded(c.path(), c.name(), c.chain().certificates().getFirst())));
        }
        var trusted = new ArrayList<Loaded>();
        validation(config)
                .ifPresent(v ->
                        v.trusted()
                                .flatMap(store -> store.certificates().stream().findFirst())
                                .ifPresent(first ->
                                        trusted.add(new Loaded(v.caPath(), v.caName(), first))));
        return new LoadedCertificates(trusted, own);
    }

    Optional<SessionTicketKeys> ticketKeys(TicketKeys keys) {
        return switch (keys) {
            case TicketKeys.Own(), TicketKeys.Disabled() -> Optional.empty();
            case TicketKeys.Inline(var inline) -> Optional.of(inline);
            case TicketKeys.Secret(var reference) -> find(reference, SessionTicketKeys.class);
        };
    }
}
