// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.ChainVerifier.Outcome;
import dev.outrigger.dataplane.x509.Pem.Block;
import dev.outrigger.dataplane.x509.Pem.PemException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What authorities have revoked. Immutable; any thread. */
public final class RevocationLists {
    public static final RevocationLists NONE = new RevocationLists(List.of(), false);

    private final List<RevocationList> lists;
    private final boolean required;

    private RevocationLists(List<RevocationList> lists, boolean required) {
        this.lists = List.copyOf(lists);
        this.required = required;
    }

    /**
     * Reads PEM; blocks of another kind are passed over. Where there is a text without a list in it
     * certificates are checked all the same, and none passes.
     *
     * @throws LoadException in Envoy's words
     */
    public static RevocationLists parse(byte[] pem, String name) throws LoadException {
        try {
            List<Block> blocks = Pem.read(pem);
            for (Block block : blocks) {
                if (block.isCertificate()) {
                    Certificate.of(block.der());
                }
            }
            return pem.length == 0 ? NONE : new RevocationLists(of(blocks).lists, true);
        } catch (PemException | GeneralSecurityException e) {
            throw new LoadException("Failed to load CRL from " + name, e);
        }
    }

    static RevocationLists of(List<Block> blocks) throws GeneralSecurityException {
        var lists = new ArrayList<RevocationList>();
        for (Block block : blocks) {
            if (block.type().equals("X509 CRL")) {
                lists.add(RevocationList.of(block.der()));
            }
        }
        return lists.isEmpty() ? NONE : new RevocationLists(lists, true);
    }

    /** Whether certificates are to be looked up. */
    boolean areRequired() {
        return required;
    }

    /** These and others. */
    RevocationLists and(RevocationLists others) {
        var all = new ArrayList<>(lists);
        all.addAll(others.lists);
        return new RevocationLists(all, required || others.required);
    }

    /**
     * Looks one certificate of a chain up; {@code null} when nothing is wrong with it.
     *
     * @param now {@code null} where times do not matter
     */
    @Nullable Outcome check(
            Certificate certificate, Certificate issuer, int depth, @Nullable Instant now) {
        RevocationList list = best(certificate, issuer, now);
        ChainFault fault =
                list == null ? ChainFault.UNABLE_TO_GET_CRL : list.fault(certificate, issuer, now);
        if (fault == null) {
            return null;
        }
        return new Outcome.Untrusted(
                fault,
                depth,
                fault.isOfRevocation()
                        ? fault.text() + DistributionPoints.text(certificate.parsed())
                        : fault.text(),
                list != null && fault == ChainFault.CRL_SIGNATURE_FAILURE
                        ? list.signatureFailure(issuer)
                        : "");
    }

    /** Of those that fit equally well the newest, of those of one age the first. */
    private @Nullable RevocationList best(
            Certificate certificate, Certificate issuer, @Nullable Instant now) {
        RevocationList best = null;
        int fitness = -1;
        for (RevocationList each : lists) {
            if (each.isFor(certificate, issuer)) {
                int own = each.fitness(certificate, now);
                if (best == null || own > fitness || (own == fitness && each.isNewerThan(best))) {
                    best = each;
                    fitness = own;
                }
            }
        }
        return best;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RevocationLists that
                && required == that.required
                && lists.equals(that.lists);
    }

    @Override
    public int hashCode() {
        return lists.hashCode();
    }
}
