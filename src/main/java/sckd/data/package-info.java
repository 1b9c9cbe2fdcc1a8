/**
 * Data sets, augmentation, batches: from files to the ops that cut a batch of images on the device. Knows nothing of models or losses.
 */
package sckd.data;
