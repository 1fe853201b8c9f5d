// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.model.PolicyId;

/**
 * Something wrong between two documents.
 *
 * @param owner the document in which it shows
 * @param path where in the owner
 * @param other the document it has to do with, which need not exist
 */
record Finding(PolicyId owner, FieldPath path, ViolationCode code, PolicyId other, String detail) {}
