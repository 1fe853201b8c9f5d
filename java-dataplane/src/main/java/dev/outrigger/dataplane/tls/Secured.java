// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.telemetry.StatsShard;
import java.util.List;

/** What has a context made of secrets. Main loop. */
interface Secured {
    /** The secrets it depends on. */
    List<ResourceReference> references();

    /** Makes its first context, if the secrets for it are there. */
    void begin(Secrets secrets);

    /** Some of its secrets are other ones: new connections are to take them. */
    void renew(Secrets secrets, StatsShard shard);
}
