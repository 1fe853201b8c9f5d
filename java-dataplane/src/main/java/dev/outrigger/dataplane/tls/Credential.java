// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.x509.CertificateChain;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SSLCredential;

/** A certificate with its key in native memory, until {@link #free}. Any thread. */
final class Credential {
    private final long chain;
    private final long key;
    private final long credential;

    private Credential(long chain, long key, long credential) {
        this.chain = chain;
        this.key = key;
        this.credential = credential;
    }

    static Credential of(CertificateChain certificate) {
        long chainBio = BoringSsl.bio(certificate.chainPem());
        long keyBio = BoringSsl.bio(certificate.keyPem());
        try {
            long chain = SSL.parseX509Chain(chainBio);
            long key = SSL.parsePrivateKey(keyBio, "");
            long credential = SSLCredential.newX509();
            SSLCredential.setCertChain(credential, chain);
            SSLCredential.setPrivateKey(credential, key);
            return new Credential(chain, key, credential);
        } catch (Exception e) {
            throw new IllegalStateException("certificate: " + e.getMessage(), e);
        } finally {
            SSL.freeBIO(chainBio);
            SSL.freeBIO(keyBio);
        }
    }

    /** Shown on every connection of a context. */
    void addTo(long context) {
        try {
            SSLContext.addCredential(context, credential);
        } catch (Exception e) {
            throw new IllegalStateException("certificate: " + e.getMessage(), e);
        }
    }

    /** Shown on one connection. */
    void showOn(long ssl) throws Exception {
        SSL.addCredential(ssl, credential);
    }

    void free() {
        try {
            SSLCredential.free(credential);
        } catch (Exception e) {
            throw new IllegalStateException("certificate: " + e.getMessage(), e);
        } finally {
            SSL.freeX509Chain(chain);
            SSL.freePrivateKey(key);
        }
    }
}
