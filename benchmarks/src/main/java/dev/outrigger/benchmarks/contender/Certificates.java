// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One self-signed P-256 certificate for everybody, which is its own authority: the proxy's, the
 * upstream's and the proxy's towards the upstream.
 *
 * @param chain PEM
 * @param key PEM
 * @param both chain and key in one file, as HAProxy wants them
 */
public record Certificates(Path chain, Path key, Path both) {

    /** The files of that folder, there or not. */
    static Certificates in(Path folder) {
        return new Certificates(
                folder.resolve("cert.pem"), folder.resolve("key.pem"), folder.resolve("both.pem"));
    }

    /**
     * Makes them with the openssl command.
     *
     * @throws IOException if that is not installed or fails; the message is what it printed
     */
    static Certificates make(Path folder, String host) throws IOException, InterruptedException {
        var openssl =
                Command.find("openssl")
                        .orElseThrow(() -> new IOException("openssl is not installed"));
        var files = in(folder);
        var printed =
                Command.run(
                        openssl.toString(),
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + host,
                        "-addext",
                        "subjectAltName=DNS:" + host,
                        "-keyout",
                        files.key().toString(),
                        "-out",
                        files.chain().toString());
        if (!Files.isRegularFile(files.chain())) {
            throw new IOException("openssl made no certificate: " + printed.strip());
        }
        Files.write(files.both(), Files.readAllBytes(files.chain()));
        Files.write(files.both(), Files.readAllBytes(files.key()), StandardOpenOption.APPEND);
        return files;
    }
}
