// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.io.IOException;

/** What the steps of an exchange can do to the configuration. Each returns once it is in force. */
interface PolicySteps {
    void apply(String documents) throws IOException;

    void remove(String path) throws IOException;
}
