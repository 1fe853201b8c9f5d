// SPDX-License-Identifier: Apache-2.0
/** YAML and JSON as Envoy reads them, before anybody knows what they are about. */
@NullMarked
package dev.outrigger.dataplane.document;

import org.jspecify.annotations.NullMarked;
