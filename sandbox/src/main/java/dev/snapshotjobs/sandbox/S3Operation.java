package dev.snapshotjobs.sandbox;

/// What a client asks of a bucket, by the names of the S3 API.
public enum S3Operation {
  PUT_OBJECT("PutObject"),
  GET_OBJECT("GetObject"),
  HEAD_OBJECT("HeadObject"),
  DELETE_OBJECT("DeleteObject"),
  LIST_OBJECTS("ListObjects"),
  CREATE_UPLOAD("CreateMultipartUpload"),
  UPLOAD_PART("UploadPart"),
  COMPLETE_UPLOAD("CompleteMultipartUpload"),
  ABORT_UPLOAD("AbortMultipartUpload"),
  LIST_UPLOADS("ListMultipartUploads"),
  OTHER("Other");

  private final String apiName;

  S3Operation(String apiName) {
    this.apiName = apiName;
  }

  /// `path`: that of the bucket and the object, as in `/bucket/a/key`.
  static S3Operation of(String method, String path, String query) {
    boolean object = path.indexOf('/', 1) > 0 && !path.endsWith("/");
    return object ? ofObject(method, query) : ofBucket(method, query);
  }

  private static S3Operation ofObject(String method, String query) {
    boolean upload = query.contains("uploadId=");
    return switch (method) {
      case "PUT" -> upload ? UPLOAD_PART : PUT_OBJECT;
      case "GET" -> upload ? OTHER : GET_OBJECT;
      case "HEAD" -> HEAD_OBJECT;
      case "DELETE" -> upload ? ABORT_UPLOAD : DELETE_OBJECT;
      case "POST" -> upload ? COMPLETE_UPLOAD : CREATE_UPLOAD;
      default -> OTHER;
    };
  }

  private static S3Operation ofBucket(String method, String query) {
    if (!method.equals("GET")) {
      return OTHER;
    }
    return query.contains("uploads") ? LIST_UPLOADS : LIST_OBJECTS;
  }

  @Override
  public String toString() {
    return apiName;
  }
}
