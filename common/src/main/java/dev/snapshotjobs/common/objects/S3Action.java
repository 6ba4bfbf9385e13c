package dev.snapshotjobs.common.objects;

/// What is asked of S3, in words and as the permission that it takes.
enum S3Action {
  PUT("writing", "s3:PutObject"),
  PUT_LOCKED("writing with a retention", "s3:PutObject and s3:PutObjectRetention"),
  // Without the right to list, S3 says that access is denied to what is not there.
  READ("reading", "s3:GetObject, and s3:ListBucket on the bucket"),
  DELETE("deleting", "s3:DeleteObject"),
  DELETE_VERSION("deleting the version of", "s3:DeleteObjectVersion"),
  LIST("listing", "s3:ListBucket on the bucket"),
  LIST_UPLOADS("listing the uploads below", "s3:ListBucketMultipartUploads on the bucket"),
  ABORT("aborting the upload of", "s3:AbortMultipartUpload");

  private final String doing;
  private final String permission;

  S3Action(String doing, String permission) {
    this.doing = doing;
    this.permission = permission;
  }

  String doing() {
    return doing;
  }

  String permission() {
    return permission;
  }
}
