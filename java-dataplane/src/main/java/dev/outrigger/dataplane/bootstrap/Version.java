// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

/**
 * Who this is, in Envoy's form {@code revision/version/state/type/ssl}: what scripts that cut the
 * second part read is the Envoy version whose behaviour is followed.
 */
final class Version {
    /** The Envoy release this proxy follows. */
    static final String ENVOY = "1.40.0";

    static final int ENVOY_MAJOR = 1;
    static final int ENVOY_MINOR = 40;
    static final int ENVOY_PATCH = 0;

    /** Where Envoy has a Git revision: forty characters, none of them a digest of anything. */
    private static final String REVISION = "0".repeat(40);

    static final String BUILD_TYPE = "RELEASE";

    private Version() {}

    /** For {@code /server_info}. */
    static String full() {
        return REVISION + "/" + ENVOY + "/Outrigger/" + BUILD_TYPE + "/JSSE";
    }

    /** For {@code --version}. */
    static String line() {
        return "\n" + CommandLine.PROGRAM + "  version: " + full() + "\n";
    }
}
